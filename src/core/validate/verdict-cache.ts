import { join } from 'node:path'
import type { Diagnostic } from '../../contract/diagnostic.ts'
import { sha256 } from '../../contract/digest.ts'
import type { Demand, Description, Kind, Reference, Surroundings } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { type CacheFile, FIELD_END, readCache, writeCache } from '../cache/cache-file.ts'
import { type FolderStamp, readStamp } from '../cache/folder-stamp.ts'
import { RunClock } from '../cache/run-clock.ts'
import type { DefinitionFolder } from '../tree/collect.ts'

/** What a check of one definition found, apart from what the references between definitions show. */
export interface Verdict {
  diagnostics: readonly Diagnostic[]
  /** Absent if the manifest could not be read or has another shape. */
  description?: Description | undefined
  /** What it asks of others; absent if it has errors. */
  needs?: Needs
}

/** What a valid definition asks of others. */
export interface Needs {
  references: readonly Reference[]
  demands: readonly Demand[]
}

/** A verdict, and what it was made from. */
export interface MadeVerdict extends Omit<Verdict, 'description'> {
  /** Every file and folder inside the definition's folder. */
  paths: readonly string[]
  /** The definitions that its rules asked for, with the answers. */
  answers: ReadonlyMap<string, Description | undefined>
}

/** Where and for what the cache is. */
export interface VerdictCacheOptions {
  /** The folder of the cache, which is made. */
  folder: string
  /** The absolute path of the definitions. */
  root: string
  /** The build of nofx whose rules made the verdicts. */
  build: string
  /** Kinds whose rules are part of that build. */
  kinds: readonly Kind[]
}

/** What a line has of a verdict; each field is parsed when it is needed. */
interface VerdictFields {
  diagnostics: string
  needs: string
  answers: string
}

/** A line that was read from the file. */
interface StoredVerdict extends VerdictFields {
  description: string
}

/** A verdict of this run. */
interface FreshVerdict extends VerdictFields {
  folder: DefinitionFolder
  paths: readonly string[]
}

/** A definition with a verdict, and what is in its folder. */
export interface CheckedPaths {
  folder: DefinitionFolder
  /** Every file and folder inside the definition's folder. */
  paths: readonly string[]
  /** The time of the newest change, milliseconds since 1970. */
  newest: number
}

/** Paths of a definition are joined with this character, which no name of a file may contain. */
const PATH_END = '\0'

/**
 * The verdicts of earlier runs over a working tree. A verdict counts as long as the stamp of the definition's folder is
 * the same and the definitions that its rules asked for are described alike.
 */
export class VerdictCache {
  private readonly file: CacheFile
  private readonly clock: RunClock
  private readonly kinds: ReadonlySet<string>
  private readonly lines: Map<string, string>
  private readonly fresh = new Map<string, FreshVerdict>()
  private readonly read = new Map<string, StoredVerdict | undefined>()
  /** Definitions that others asked for, with the descriptions that were made. */
  private readonly described = new Map<string, Description | undefined>()
  /** Definitions share their lists of paths. */
  private readonly lists = new Map<string, string[]>()
  private readonly checked = new Map<string, CheckedPaths>()

  constructor({ folder, root, build, kinds }: VerdictCacheOptions) {
    // A file that one user cannot read may be readable for another.
    const maker = [build, process.version, process.getuid?.() ?? '', root].join('\n')
    this.file = { path: join(folder, `verdicts-${sha256(root).slice(0, 12)}`), maker }
    this.clock = new RunClock(folder)
    this.kinds = new Set(kinds.map(({ id }) => id))
    this.lines = readCache(this.file)
  }

  /** Whether there is no verdict of an earlier run. */
  get isEmpty(): boolean {
    return this.lines.size === 0
  }

  /** The verdict of a definition that has not changed since, if its rules would get the same answers. */
  find(folder: DefinitionFolder, surroundings: Surroundings): Verdict | undefined {
    const stored = this.findStored(folder)
    if (!stored || !this.isAnsweredAlike(stored, surroundings)) return undefined
    const { diagnostics, needs } = stored
    return {
      diagnostics: diagnostics ? readDiagnostics(diagnostics, folder) : [],
      ...(needs ? { needs: JSON.parse(needs) as Needs } : {}),
    }
  }

  /** The description of an unchanged definition, if an earlier run was asked for it. */
  describe(folder: DefinitionFolder): Description | undefined {
    const stored = this.findStored(folder)?.description
    const description = stored ? (JSON.parse(stored) as Description) : undefined
    this.described.set(nameIn(folder), description)
    return description
  }

  /** Takes a description that this run made, because another definition asked for it. */
  learn(folder: DefinitionFolder, description: Description | undefined): void {
    this.described.set(nameIn(folder), description)
  }

  /** Takes a verdict of this run. */
  add(folder: DefinitionFolder, verdict: MadeVerdict): void {
    const isPlain = !verdict.paths.some((path) => /[\0\t\n\r]/.test(path))
    if (!this.covers(folder) || !isPlain) return
    const paths = this.shareList(verdict.paths.join(PATH_END))
    // Of 100,000 verdicts, only their lines are in memory.
    this.fresh.set(nameIn(folder), { folder, paths, ...toFields(verdict, folder) })
  }

  private shareList(joined: string): string[] {
    const paths = this.lists.get(joined) ?? joined.split(PATH_END)
    this.lists.set(joined, paths)
    return paths
  }

  /** Writes the verdicts of definitions that did not change during the run. */
  save(): void {
    if (this.fresh.size === 0) return
    for (const [name, fresh] of this.fresh) {
      const { folder, paths } = fresh
      const stamp = readStamp(folder.dir, paths)
      if (stamp && this.clock.isOlder(stamp)) {
        this.lines.set(name, toLine(stamp.signature, fresh, this.described.get(name)))
        this.note(folder, paths, stamp)
      } else {
        this.lines.delete(name)
        this.checked.delete(name)
      }
    }
    writeCache(this.file, this.lines)
  }

  /** Only definitions that are plain files on disk, all of which count. */
  private covers({ kind, entry, from, view, id }: DefinitionFolder): boolean {
    return !entry && !from && this.kinds.has(kind.id) && !view?.touched.has(nameOf({ kind: kind.id, id }))
  }

  /** What is on the disk of these definitions; undefined unless there is a verdict on each, and none changed since. */
  list(folders: readonly DefinitionFolder[]): CheckedPaths[] | undefined {
    const all = folders.map((folder) => this.checked.get(nameIn(folder)))
    return all.every((one): one is CheckedPaths => one !== undefined) ? all : undefined
  }

  private findStored(folder: DefinitionFolder): StoredVerdict | undefined {
    const name = nameIn(folder)
    if (this.read.has(name)) return this.read.get(name)
    const line = this.covers(folder) ? this.lines.get(name) : undefined
    const stored = line === undefined ? undefined : this.readLine(line, folder)
    this.read.set(name, stored)
    return stored
  }

  private readLine(line: string, folder: DefinitionFolder): StoredVerdict | undefined {
    const [signature, joined = '', diagnostics = '', description = '', needs = '', answers = ''] =
      line.split(FIELD_END)
    const paths = this.shareList(joined)
    const stamp = readStamp(folder.dir, paths)
    if (!stamp || stamp.signature !== signature) return undefined
    this.note(folder, paths, stamp)
    return { diagnostics, description, needs, answers }
  }

  private note(folder: DefinitionFolder, paths: readonly string[], { newest }: FolderStamp): void {
    this.checked.set(nameIn(folder), { folder, paths, newest })
  }

  private isAnsweredAlike({ answers }: StoredVerdict, surroundings: Surroundings): boolean {
    if (answers === '') return true
    const hashes = JSON.parse(answers) as [string, string][]
    return hashes.every(([name, answer]) => {
      const [kind = '', id = ''] = name.split('/')
      return hashDescription(surroundings.find(kind, id)) === answer
    })
  }
}

function nameIn({ kind, id }: DefinitionFolder): string {
  return nameOf({ kind: kind.id, id })
}

/** The fields of a line that the check of one definition makes. */
function toFields(verdict: MadeVerdict, { shownPath }: DefinitionFolder): VerdictFields {
  const { diagnostics, needs, answers } = verdict
  const inside = diagnostics.map((one) => ({ ...one, path: one.path.slice(shownPath.length) }))
  const hashes = Array.from(answers, ([name, answer]) => [name, hashDescription(answer)])
  const isNeeding = needs && (needs.references.length > 0 || needs.demands.length > 0)
  return {
    diagnostics: inside.length > 0 ? JSON.stringify(inside) : '',
    needs: isNeeding ? JSON.stringify(needs) : '',
    answers: hashes.length > 0 ? JSON.stringify(hashes) : '',
  }
}

function toLine(signature: string, fresh: FreshVerdict, description: Description | undefined): string {
  const { paths, diagnostics, needs, answers } = fresh
  const described = description ? JSON.stringify(description) : ''
  return [signature, paths.join(PATH_END), diagnostics, described, needs, answers].join(FIELD_END)
}

function readDiagnostics(text: string, { shownPath }: DefinitionFolder): Diagnostic[] {
  const diagnostics = JSON.parse(text) as Diagnostic[]
  return diagnostics.map((one) => ({ ...one, path: shownPath + one.path }))
}

function hashDescription(description: Description | undefined): string {
  return sha256(JSON.stringify(description ?? null))
}
