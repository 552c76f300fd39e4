import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A temporary project directory with packages under node_modules. */
export class PackageFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<PackageFolder> {
    return new PackageFolder(await mkdtemp(join(tmpdir(), 'trinitas-packages-')));
  }

  /** Files by their path from the project directory. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.path, path)), { recursive: true });
      await writeFile(join(this.path, path), text);
    }
  }

  /** A package of one ES module. */
  async install(name: string, source: string, manifest: object = {}): Promise<void> {
    const about = { name, version: '1.0.0', type: 'module', exports: './index.js', ...manifest };
    await this.write({
      [`node_modules/${name}/package.json`]: JSON.stringify(about),
      [`node_modules/${name}/index.js`]: source,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
