import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { extract } from 'tar'

/** The name under which tests pack: its owner is not the project's, so a fixed name in the sources would be seen. */
export const REPOSITORY = 'acme/fork-of-nofx'

/** Set by `npm run check:package`: the folder of the tools that it installs. It then installs packages with npm. */
export const TOOLS = process.env.NOFX_PACKAGE_TOOLS

/** A project outside of the repository, with packages installed as their users have them. */
export interface PackedProject {
  root: string
  /** The installed nofx. */
  nofx: string
  remove(): void
}

/**
 * Packs what was built into a new folder, and returns the tarball's path. `npm run check:package` has packed it already,
 * for all files of tests.
 */
export function packNofx(env: Record<string, string> = { GITHUB_REPOSITORY: REPOSITORY }): string {
  const out = mkdtempSync(join(tmpdir(), 'nofx-packed-'))
  if (process.env.NOFX_PACKED) {
    const copy = join(out, basename(process.env.NOFX_PACKED))
    copyFileSync(process.env.NOFX_PACKED, copy)
    return copy
  }
  const { GITHUB_REPOSITORY: _own, GITHUB_SERVER_URL: _server, ...rest } = process.env
  execFileSync(process.execPath, ['scripts/pack.mjs', '--no-build', '--out', out], {
    env: { ...rest, ...env },
    stdio: 'pipe',
  })
  return join(out, readdirSync(out)[0] ?? '')
}

/** Packs a folder that is a package, such as a plugin. */
export function packFolder(folder: string, out: string): string {
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', out]
  const text = execFileSync('npm', words, { cwd: folder, encoding: 'utf8' })
  return join(out, (JSON.parse(text) as { filename: string }[])[0]?.filename ?? '')
}

/**
 * Makes a project with nofx and other packages. `npm run check:package` installs their tarballs with npm; otherwise
 * they are unpacked, and find the packages that they depend on in this repository.
 */
export async function installPacked(tarballs: Record<string, string>): Promise<PackedProject> {
  const root = mkdtempSync(join(tmpdir(), 'nofx-installed-'))
  const modules = join(root, 'node_modules')
  writeFileSync(join(root, 'package.json'), '{ "name": "app", "private": true, "type": "module" }\n')
  if (TOOLS) {
    const words = ['install', '--no-audit', '--no-fund', 'zod@4', ...Object.values(tarballs)]
    execFileSync('npm', words, { cwd: root, stdio: 'pipe' })
  } else {
    for (const [name, file] of Object.entries(tarballs)) {
      mkdirSync(join(modules, name), { recursive: true })
      await extract({ file, cwd: join(modules, name), strip: 1 })
    }
    linkDependencies(modules)
  }
  return {
    root,
    nofx: join(modules, 'nofx'),
    remove() {
      rmSync(root, { recursive: true, force: true })
      for (const file of Object.values(tarballs)) rmSync(dirname(file), { recursive: true, force: true })
    },
  }
}

function linkDependencies(modules: string): void {
  const { dependencies } = JSON.parse(readFileSync(join(modules, 'nofx/package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  for (const name of [...Object.keys(dependencies), 'zod']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(resolve('node_modules', name), join(modules, name), 'dir')
  }
}
