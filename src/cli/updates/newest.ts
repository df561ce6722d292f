import { spawn } from 'node:child_process'
import { lstatSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isRelease } from './release.ts'

/** How often npm is asked, milliseconds. */
const EVERY_MS = 24 * 60 * 60 * 1000
/** A larger file does not hold a version. */
const MOST_BYTES = 100

/** What is known of the newest release. */
export interface Newest {
  /** The newest release that npm answered with; undefined before the first valid answer. */
  version?: string
  /** When npm was asked, milliseconds since 1970; undefined before the first time. */
  askedAt?: number
}

/** Reads the last answer of npm. A file that cannot be read, or has other content than a version, counts as none. */
export function readNewest(path: string): Newest {
  try {
    const file = lstatSync(path)
    // Reading a pipe would wait for a writer.
    if (!file.isFile()) return {}
    const version = file.size <= MOST_BYTES ? readFileSync(path, 'utf8').trim() : ''
    return { version: isRelease(version) ? version : undefined, askedAt: file.mtimeMs }
  } catch {
    return {}
  }
}

/** Whether npm was not asked for a day. A time in the future is that of a clock which was wrong. */
export function isDue({ askedAt }: Newest, now: number): boolean {
  return askedAt === undefined || now - askedAt >= EVERY_MS || askedAt - now > EVERY_MS
}

/**
 * Starts a program in the background that asks npm's registry for the newest release (`ask-npm-program.ts`). A later
 * command reads its answer.
 * @param program the built program
 * @param name the package
 * @param path the file for the answer
 */
export function askNpm(program: string, name: string, path: string): void {
  try {
    noteQuestion(path)
    const options = { cwd: dirname(path), detached: true, stdio: 'ignore', windowsHide: true } as const
    const child = spawn(process.execPath, [program, name, path], options)
    child.on('error', () => {})
    child.unref()
  } catch {
    // Without a place to note it in, every command would ask.
  }
}

/** Gives the file the time of the question, so that no other command asks for a day, whatever the answer is. */
function noteQuestion(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const file = lstatSync(path, { throwIfNoEntry: false })
  if (file && !file.isFile()) throw new Error(`${path} is not a file`)
  if (!file) writeFileSync(path, '')
  const now = new Date()
  utimesSync(path, now, now)
}
