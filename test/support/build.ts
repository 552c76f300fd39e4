import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_ROOT, built, ROOT } from './built.ts';

/** Scripts that tests run in a process of their own. */
const SCRIPTS = [
  'test/cli/die-in-migrate.ts',
  'test/matrix/victim.ts',
  'test/migration/die-in-migration.ts',
  'test/support/acknowledge-writes.ts',
  'test/support/chroma-owner.ts',
  'test/support/hold-store.ts',
  'test/support/store-under-load.ts',
];

/** Before every run: brings the compiled sources and scripts up to date. Only what changed is compiled again. */
export default function build(): void {
  mkdirSync(BUILT_ROOT, { recursive: true });
  const models = join(BUILT_ROOT, 'models');
  if (!existsSync(models)) symlinkSync(join(ROOT, 'models'), models);
  const config = join(BUILT_ROOT, 'tsconfig.json');
  const settings = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { noEmit: false, rootDir: ROOT, outDir: BUILT_ROOT, incremental: true },
    include: [join(ROOT, 'src'), ...SCRIPTS.map((script) => join(ROOT, script))],
  };
  writeFileSync(config, JSON.stringify(settings));
  // Type errors are for `npm run check:types` to report; the compiler writes its output all the same.
  const compiler = join(ROOT, 'node_modules', '.bin', 'tsc');
  const { stdout, stderr } = spawnSync(compiler, ['-p', config], { cwd: ROOT, encoding: 'utf8' });
  if (!existsSync(built('src/main.ts'))) {
    rmSync(BUILT_ROOT, { recursive: true });
    throw new Error(`the build wrote nothing:\n${stdout}${stderr}`);
  }
  execFileSync(process.execPath, ['scripts/bundle.mjs', join(BUILT_ROOT, 'src')], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}
