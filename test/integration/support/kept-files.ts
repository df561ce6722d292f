import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { PostgresProject } from '../../harness/postgres-project.ts'
import { pick, type Random } from '../../harness/random.ts'

/** What may happen to a file that a command keeps: other bytes, or something else in its place. */
export const DAMAGES: Record<string, (path: string, other: Buffer, random: Random) => void> = {
  'a bit of its first line flips': (path, _, random) =>
    flip(path, (length) => random() * Math.min(140, length)),
  'a bit of its content flips': (path, _, random) =>
    flip(path, (length) => Math.min(length - 1, 144 + random() * (length - 144))),
  'its last byte flips': (path) => flip(path, (length) => length - 1),
  'it is cut': (path, _, random) => edit(path, (bytes) => bytes.subarray(0, random() * bytes.length)),
  'its last line is lost': (path) =>
    edit(path, (bytes) => bytes.subarray(0, bytes.lastIndexOf('\n', -2) + 1)),
  'its last line is there twice': (path) =>
    edit(path, (bytes) => Buffer.concat([bytes, bytes.subarray(bytes.lastIndexOf('\n', -2) + 1)])),
  'it is empty': (path) => writeFileSync(path, ''),
  'it ends with zeros': (path) => edit(path, (bytes) => bytes.fill(0, bytes.length >> 1)),
  'it has another format': (path) =>
    edit(path, (bytes) =>
      Buffer.from(bytes.toString('latin1').replace('nofx-cache-1', 'nofx-cache-0'), 'latin1'),
    ),
  'it is that of another project': (path, other) => writeFileSync(path, other),
  'a folder is in its place': (path) => {
    rmSync(path)
    mkdirSync(join(path, 'inside'), { recursive: true })
  },
  'a link to nothing is in its place': (path) => {
    rmSync(path)
    symlinkSync(`${path}-nowhere`, path)
  },
  'a pipe is in its place': (path) => {
    rmSync(path)
    execFileSync('mkfifo', [path])
  },
  'it may not be read': (path) => chmodSync(path, 0),
  'it is lost': (path) => rmSync(path),
}

function flip(path: string, place: (length: number) => number): void {
  edit(path, (bytes) => {
    const at = Math.floor(place(bytes.length))
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return bytes
  })
}

function edit(path: string, change: (bytes: Buffer) => Uint8Array): void {
  writeFileSync(path, change(readFileSync(path)))
}

/** What the commands of one clone keep, in git's folder and beside the embedded cloud. */
export class KeptFiles {
  private readonly root: string
  private readonly places: readonly string[]
  private saves = 0

  constructor({ root }: PostgresProject) {
    this.root = root
    this.places = ['.git/nofx', '.nofx']
  }

  /** The names, without what tells one project or registry from another. */
  get names(): string[] {
    const names = this.list().map((path) => path.slice(path.lastIndexOf('/') + 1))
    return [...new Set(names.map((name) => name.replace(/-[0-9a-f]{12,}$/, '')))].sort()
  }

  private list(): string[] {
    return this.places.flatMap((place) => {
      const folder = join(this.root, place)
      const names = existsSync(folder) ? readdirSync(folder) : []
      return names
        .map((name) => join(folder, name))
        .filter(
          (path) =>
            statSync(path, { throwIfNoEntry: false })?.isFile() && !/keys\.json|\.gitignore/.test(path),
        )
    })
  }

  /** Does the same to some of the files, or to all. */
  damage(how: string, random: Random, part = 0.7): void {
    const files = this.list().sort()
    for (const path of files) chmodSync(path, 0o600)
    const contents = files.map((path) => readFileSync(path))
    for (const path of files) if (random() < part) DAMAGES[how]?.(path, pick(random, contents), random)
  }

  /** Runs a command as in a clone that has kept nothing, and leaves what is kept as it was. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    const away = this.places.map(
      (place) => [join(this.root, place), join(this.root, `${place}-away`)] as const,
    )
    for (const [path, other] of away) if (existsSync(path)) renameSync(path, other)
    try {
      return await work()
    } finally {
      for (const [path, other] of away) {
        rmSync(path, { recursive: true, force: true })
        if (existsSync(other)) renameSync(other, path)
      }
    }
  }

  /** Copies the files, with their times. Returns a function that puts some of them back. */
  save(): (random: Random) => void {
    const copy = join(this.root, '.git', `saved-${++this.saves}`)
    for (const path of this.list()) {
      const target = join(copy, path.slice(this.root.length))
      mkdirSync(dirname(target), { recursive: true })
      cpSync(path, target, { preserveTimestamps: true })
    }
    return (random) => {
      for (const place of this.places) {
        const names = existsSync(join(copy, place)) ? readdirSync(join(copy, place)) : []
        for (const name of names.filter(() => random() < 0.7)) {
          rmSync(join(this.root, place, name), { recursive: true, force: true })
          cpSync(join(copy, place, name), join(this.root, place, name), { recursive: true })
        }
      }
    }
  }
}
