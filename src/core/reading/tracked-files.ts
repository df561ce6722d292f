import { nameOf } from '../../contract/name.ts'
import { type GitLists, listOthers, listTracked } from '../git/git-entries.ts'
import type { DiskPlace } from '../git/git-place.ts'
import { listPlainIndex } from '../git/plain-index.ts'
import { type DefinitionFolder, type ReadSource, toNamed } from '../tree/collect.ts'

/**
 * Compares the files of definitions, while a run reads them, with those that git tracks. If they are the same, git does not
 * have to look into the same folders again for what it does not track.
 */
export class TrackedFiles implements GitLists {
  /** What `listTracked` gives; undefined if git fails. */
  readonly listing: Promise<string | undefined>
  /** Whether git flags and converts no file of its index. */
  readonly isPlain: Promise<boolean>
  /** What `listOthers` gives; nothing if there is nothing in the definitions, whatever is beside them. */
  readonly others: Promise<readonly string[]>
  private isSettled = false
  private resolve: (isSame: boolean) => void = () => {}
  /** The rows of each definition in the listing; undefined until git has answered. */
  private rows: ReadonlyMap<string, string> | undefined
  /** Definitions that were read before. */
  private readonly early: [name: string, rows: string][] = []
  private count = 0
  private expected: number | undefined

  constructor(place: DiskPlace) {
    const pending = new Promise<boolean>((resolve) => {
      this.resolve = resolve
    })
    this.others = pending.then((isSame) => (isSame ? [] : listOthers(place)))
    // The caller continues first: it has work for another thread.
    const plain = Promise.resolve().then(() => listPlainIndex(place))
    this.isPlain = plain.then((listing) => listing !== undefined)
    this.listing = plain.then((listing) => listing ?? listTracked(place)).catch(() => undefined)
    // The questions may be answered without them.
    this.others.catch(() => {})
    this.listing.then((listing) => this.receive(listing))
  }

  /** Takes the files of one definition, as they are on the disk. */
  add(folder: DefinitionFolder, source: ReadSource): void {
    if (this.isSettled) return
    this.count++
    const name = nameOf(toNamed(folder))
    const rows = listRows(name, source)
    if (rows === undefined) this.settle(false)
    else if (this.rows) this.compare(name, rows)
    else this.early.push([name, rows])
  }

  /** Says how many definitions there are, all of which should have been added. */
  end(expected: number): void {
    this.expected = expected
    this.conclude()
  }

  /** Says that not all definitions will be added. */
  giveUp(): void {
    this.settle(false)
  }

  private receive(listing: string | undefined): void {
    if (listing === undefined) this.settle(false)
    this.rows = groupRows(listing ?? '')
    for (const [name, rows] of this.early.splice(0)) this.compare(name, rows)
    this.conclude()
  }

  private compare(name: string, rows: string): void {
    if (this.rows?.get(name) !== rows) this.settle(false)
  }

  private conclude(): void {
    if (this.expected === undefined) return
    if (this.count !== this.expected) this.settle(false)
    else if (this.rows) this.settle(true)
  }

  private settle(isSame: boolean): void {
    this.isSettled = true
    this.resolve(isSame)
  }
}

/** How git lists the files of a definition, all of which it tracks and none of which has a flag; undefined where it may not. */
function listRows(name: string, { files, folders, findings }: ReadSource): string | undefined {
  // A finding may be about an entry other than a file, and git does not track an empty folder.
  if (!folders || findings.length > 0) return undefined
  if (!folders.every((folder) => files.some(({ path }) => path.startsWith(`${folder}/`)))) return undefined
  let rows = ''
  for (const { path } of files) rows += `H ${name}/${path}\0`
  return rows
}

/** The rows of each definition, by `kind/id`. What is in a folder follows each other in git's order. */
function groupRows(listing: string): Map<string, string> {
  const groups = new Map<string, string>()
  for (let start = 0; start < listing.length; ) {
    const kindEnd = listing.indexOf('/', start)
    const idEnd = listing.indexOf('/', kindEnd + 1)
    let end = listing.indexOf('\0', start) + 1
    if (kindEnd >= 0 && idEnd >= 0 && idEnd < end) {
      const folder = listing.slice(start + FLAG, idEnd + 1)
      while (listing.startsWith(folder, end + FLAG)) end = listing.indexOf('\0', end) + 1
      groups.set(folder.slice(0, -1), listing.slice(start, end))
    }
    start = end
  }
  return groups
}

/** Characters before the path in a row. */
const FLAG = 2
