import type { Diagnostic, Finding } from '../../contract/diagnostic.ts'
import { isError } from '../../contract/diagnostic.ts'
import {
  ALONE,
  type Definition,
  type Description,
  type Reference,
  type Status,
  type Surroundings,
} from '../../contract/kind.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import { scanSuspects } from '../../contract/text/secret-scan.ts'
import { BETWEEN_PAUSES, pause, type StageWatch } from '../progress.ts'
import type { AheadReader } from '../reading/ahead-reader.ts'
import type { TrackedFiles } from '../reading/tracked-files.ts'
import type { Head } from '../registry/registry.ts'
import { type DefinitionFolder, toNamed } from '../tree/collect.ts'
import { readAhead } from '../tree/read-ahead.ts'
import { parseFolder, type ReadDefinition, readFolder, type WorkingTree } from '../tree/tree.ts'
import { locate } from './locate.ts'
import { checkReferences, type Referrer } from './references.ts'
import type { TreeSurroundings } from './surroundings.ts'
import type { Needs, Verdict, VerdictCache } from './verdict-cache.ts'

/** What a publish knows besides the tree. */
export interface CheckOptions {
  /** All are drafts, whatever their manifests say: what they require need not be live. */
  drafts?: boolean | undefined
  /**
   * Names the head that has exactly this content: it was checked when it was published, so its own rules are not run
   * again; what it needs of others is.
   */
  published?: (definition: Named) => Head | undefined
  /** Verdicts of earlier runs over the same working tree. */
  cache?: VerdictCache | undefined
  /** Reads the same folders from the disk. */
  ahead?: AheadReader | undefined
  /** Learns of all files that are read. */
  tracked?: TrackedFiles | undefined
}

/** A definition without errors, with its content. */
export interface ValidDefinition {
  read: ReadDefinition
  definition: Definition
  references: readonly Reference[]
}

/** What was found in one folder. */
export interface CheckedFolder {
  folder: DefinitionFolder
  diagnostics: readonly Diagnostic[]
  /** It is published with this content and was not read. */
  head?: Head
  /** It has not changed since an earlier run and was not read. */
  verdict?: Verdict
  valid?: ValidDefinition
}

interface FolderReferrer extends Referrer {
  folder: DefinitionFolder
}

/**
 * Checks the folders one after another and gives each away before it reads the next, so that one definition is in memory
 * at a time. Those that need something of others which is not there come once more at the end, with these findings only.
 * Never throws on content.
 */
export async function* checkTree(
  tree: WorkingTree,
  folders: readonly DefinitionFolder[],
  surroundings: TreeSurroundings,
  watch: StageWatch,
  options: CheckOptions = {},
): AsyncGenerator<CheckedFolder> {
  const total = folders.length
  const referrers: FolderReferrer[] = []
  watch.emit({ stage: 'validate', state: 'started', done: 0, total })
  for await (const checked of checkEach(tree, folders, surroundings, watch, options)) {
    const referrer = toReferrer(checked, options, tree)
    if (referrer?.references.length || referrer?.demands.length) referrers.push(referrer)
    yield checked
  }
  const byReferrer = await checkReferences(referrers, surroundings.target)
  const findingsOf = new Map(Array.from(byReferrer, ([{ folder }, findings]) => [folder, findings]))
  for await (const folder of readAhead(tree, findingsOf.keys(), watch))
    yield {
      folder,
      diagnostics: await locateAll(findingsOf.get(folder) ?? [], readFolder(folder, ALONE)),
    }
  watch.emit({ stage: 'validate', state: 'done', done: total, total })
}

async function* checkEach(
  tree: WorkingTree,
  folders: readonly DefinitionFolder[],
  surroundings: TreeSurroundings,
  watch: StageWatch,
  { published, cache, ahead, tracked }: CheckOptions,
): AsyncGenerator<CheckedFolder> {
  /** Their rules need definitions that were not read yet: they are checked again when all of these are. */
  const waiting: DefinitionFolder[] = []
  const heads = folders.map((folder) => published?.(toNamed(folder)))
  const others = folders.filter((_folder, index) => !heads[index])
  const reading = tree.files?.prepare && readAhead(tree, others, watch)
  for (const [index, folder] of folders.entries()) {
    const { misses } = surroundings
    const head = heads[index]
    if (reading && !head) await reading.next()
    const source = ahead?.take(index)
    const verdict = head ? undefined : cache?.find(folder, surroundings)
    if (head) yield { folder, diagnostics: [], head }
    else if (verdict && surroundings.misses === misses)
      yield { folder, diagnostics: verdict.diagnostics, verdict }
    else {
      const recorder = cache && recordAnswers(surroundings)
      const content = source instanceof Promise ? await source : source
      const read = readFolder(folder, recorder ?? surroundings, content)
      tracked?.add(folder, read.source)
      if (surroundings.misses > misses) waiting.push(folder)
      else {
        const checked = isClean(read) ? conclude(read, []) : await complete(read)
        yield remember(checked, read, recorder?.answers, cache)
      }
    }
    if (index % BETWEEN_PAUSES === 0) await advance(watch, index, folders.length)
  }
  tracked?.end(folders.length)
  await surroundings.askForMissed(watch)
  for await (const folder of readAhead(tree, waiting, watch))
    yield await complete(readFolder(folder, surroundings))
}

async function advance(watch: StageWatch, done: number, total: number): Promise<void> {
  await pause(watch)
  watch.emit({ stage: 'validate', state: 'advanced', done, total })
}

/** Adds the findings of the scan for secrets, where something looks like one, and the place of each. */
async function complete(read: ReadDefinition): Promise<CheckedFolder> {
  const { source, suspects } = read
  const secrets = suspects.length ? await scanSuspects(source, read) : []
  const findings = secrets.length ? [...read.findings, ...secrets] : read.findings
  const diagnostics = findings.length ? await locateAll(findings, read) : []
  return conclude(read, diagnostics)
}

/** Whether nothing was found, and nothing has to be scanned for secrets. */
function isClean({ findings, suspects }: ReadDefinition): boolean {
  return findings.length === 0 && suspects.length === 0
}

function conclude(read: ReadDefinition, diagnostics: readonly Diagnostic[]): CheckedFolder {
  const { folder, definition } = read
  if (!definition || diagnostics.some(isError)) return { folder, diagnostics }
  return { folder, diagnostics, valid: { read, definition, references: folder.kind.references(definition) } }
}

/** What the definition asks of others; undefined where an error stands before that question. */
function toReferrer(
  { folder, head, verdict, valid }: CheckedFolder,
  { drafts }: CheckOptions,
  tree: WorkingTree,
): FolderReferrer | undefined {
  if (head) {
    const { references, demands } = head
    // Few descriptions are asked for.
    return { ...toNamed(folder), folder, status: () => head.description.status, references, demands }
  }
  const needs = valid ? needsOf(folder, valid) : verdict?.needs
  if (!needs) return undefined
  const { references, demands } = needs
  const status = drafts ? () => 'draft' as const : deferStatus(folder, tree)
  return { ...toNamed(folder), folder, status, references, demands }
}

/** Keeps no definition in memory for the few that are asked: those are read again. */
function deferStatus(folder: DefinitionFolder, tree: WorkingTree): () => Promise<Status> {
  return async () => {
    await tree.files?.prepare?.([folder])
    const definition = parseFolder(folder)
    return definition ? folder.kind.describe(definition).status : 'draft'
  }
}

/** Surroundings that keep every answer, by `kind/id`. */
function recordAnswers(surroundings: Surroundings) {
  const answers = new Map<string, Description | undefined>()
  return {
    answers,
    find(kind: string, id: string): Description | undefined {
      const answer = surroundings.find(kind, id)
      answers.set(nameOf({ kind, id }), answer)
      return answer
    },
  }
}

/** Adds a verdict to the cache, unless reading the files was a trouble of its own. */
function remember(
  checked: CheckedFolder,
  { source, folder }: ReadDefinition,
  answers: ReadonlyMap<string, Description | undefined> | undefined,
  cache: VerdictCache | undefined,
): CheckedFolder {
  if (!cache || !answers || !source.folders || source.findings.length > 0) return checked
  const { diagnostics, valid } = checked
  cache.add(folder, {
    diagnostics,
    paths: [...source.folders, ...source.files.map(({ path }) => path)],
    answers,
    ...(valid ? { needs: needsOf(folder, valid) } : {}),
  })
  return checked
}

function needsOf({ kind }: DefinitionFolder, { definition, references }: ValidDefinition): Needs {
  return { references, demands: kind.demands?.(definition) ?? [] }
}

function locateAll(findings: readonly Finding[], { folder, source }: ReadDefinition): Promise<Diagnostic[]> {
  const texts = new Map<string, string>()
  for (const file of source.files) if (file.text !== undefined) texts.set(file.path, file.text)
  return locate(findings, { kind: folder.kind.id, id: folder.id, dir: folder.shownPath, texts })
}
