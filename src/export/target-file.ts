import { lstatSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sha256 } from '../contract/digest.ts'
import { asDiskFailure } from '../core/disk/disk-failure.ts'
import type { WrittenFile } from '../exchange/contract/format.ts'
import { findMembers } from './json-members.ts'

type Section = NonNullable<WrittenFile['section']>
/** What an export owns of a file. */
type OwnPart = Pick<WrittenFile, 'section' | 'members'>

/** What stands at a path of the target. */
export type TargetFile =
  | { state: 'absent' }
  /** A link, a folder or a special file stands at the path, or a link or a file at a folder above it. */
  | { state: 'blocked'; what: string }
  | { state: 'file'; bytes: Buffer; executable: boolean }

/** Looks at a path below a folder, and follows no link below it. */
export function readTarget(to: string, path: string): TargetFile {
  const parts = path.split('/')
  for (let depth = 1; depth < parts.length; depth++) {
    const folder = parts.slice(0, depth).join('/')
    const entry = lookAt(join(to, folder))
    if (!entry) return { state: 'absent' }
    if (!entry.isDirectory())
      return { state: 'blocked', what: `${folder} is ${entry.isSymbolicLink() ? 'a link' : 'not a folder'}` }
  }
  const at = join(to, path)
  const entry = lookAt(at)
  if (!entry) return { state: 'absent' }
  if (!entry.isFile())
    return { state: 'blocked', what: `${path} is ${entry.isSymbolicLink() ? 'a link' : 'not a file'}` }
  try {
    return { state: 'file', bytes: readFileSync(at), executable: (entry.mode & 0o100) !== 0 }
  } catch (error) {
    throw asDiskFailure(error, at)
  }
}

function lookAt(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    // A file where a folder is expected has nothing below it.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw asDiskFailure(error, dirname(path))
  }
}

/** The text between a section's marks; undefined without a section, null where one mark is without the other. */
export function findSection(text: string, { start, end }: Section): string | undefined | null {
  const place = locateSection(text, { start, end })
  return place && text.slice(place[0] + start.length + 1, place[1])
}

/** The file with its section replaced, appended, or taken out where there is no content. */
export function withSection(text: string, section: Section, content: string | undefined): string {
  const place = locateSection(text, section)
  const block = content === undefined ? '' : `${section.start}\n${content}${section.end}\n`
  if (!place) return text === '' ? block : `${text.replace(/\n*$/, '\n')}\n${block}`
  const after = text.slice(place[1] + section.end.length).replace(/^\n/, '')
  return `${text.slice(0, place[0])}${block}${after}`
}

function locateSection(text: string, { start, end }: Section): [number, number] | undefined | null {
  const from = text.indexOf(`${start}\n`)
  const to = text.indexOf(end, Math.max(0, from))
  if (from < 0 && to < 0) return undefined
  return from < 0 || to < 0 ? null : [from, to]
}

/** The hash of what an export owns of a file: all of it, its section, or its members. */
export function hashOwn(bytes: Buffer, { section, members }: OwnPart): string | undefined {
  if (members) {
    const text = findMembers(bytes.toString('utf8'), members)
    return text === undefined ? undefined : sha256(text)
  }
  if (!section) return sha256(bytes)
  const own = findSection(bytes.toString('utf8'), section)
  return own === undefined || own === null ? undefined : sha256(own)
}
