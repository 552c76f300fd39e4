import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { median } from './samples.ts';

/** Where the figures were made; without it they mean little. */
export interface MachineDescription {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly filesystem: string;
  /** Median of writing 4 KB and fdatasync, in microseconds. */
  readonly fsyncMicroseconds: number;
}

const FSYNC_PROBES = 200;
const PAGE_BYTES = 4096;

/** Magic numbers of statfs(2). */
const FILESYSTEMS: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlay'],
  [0x2fc12fc1, 'zfs'],
  [0x6969, 'nfs'],
]);

/** Measures fsync in the directory that the databases will lie in. */
export function describeMachine(directory: string): MachineDescription {
  const processors = cpus();
  const { type: magic } = statfsSync(directory);
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    filesystem: FILESYSTEMS.get(magic >>> 0) ?? `0x${magic.toString(16)}`,
    fsyncMicroseconds: measureFsync(directory),
  };
}

/** One line for people. */
export function machineLine(machine: MachineDescription): string {
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB`,
    machine.system,
    `Node ${machine.node}`,
    `${machine.filesystem}, write + fdatasync of 4 KB ${Math.round(machine.fsyncMicroseconds)} µs`,
  ].join(' · ');
}

function measureFsync(directory: string): number {
  const path = join(directory, 'fsync-probe');
  const file = openSync(path, 'w');
  const page = Buffer.alloc(PAGE_BYTES, 1);
  try {
    return median(
      Array.from({ length: FSYNC_PROBES }, (_, probe) => {
        const startedAt = performance.now();
        writeSync(file, page, 0, PAGE_BYTES, probe * PAGE_BYTES);
        fdatasyncSync(file);
        return (performance.now() - startedAt) * 1000;
      }),
    );
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
