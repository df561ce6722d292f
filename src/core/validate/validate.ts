import type { Diagnostic, Finding } from '../../contract/diagnostic.ts'
import { isError } from '../../contract/diagnostic.ts'
import { Failure } from '../../contract/failure.ts'
import { ALONE, type Definition, type Kind, type Reference, type Status } from '../../contract/kind.ts'
import { type Covers, type Named, nameOf } from '../../contract/name.ts'
import { scanSuspects } from '../../contract/text/secret-scan.ts'
import type { Watch } from '../progress.ts'
import type { Head } from '../registry/registry.ts'
import { type Folder, toNamed } from '../tree/collect.ts'
import { foldersOf, type ReadDefinition, readDefinition, readFolder, type Tree } from '../tree/tree.ts'
import { byPlace, locate } from './locate.ts'
import { checkReferences, type Referrer } from './references.ts'
import { createSurroundings, type Known } from './surroundings.ts'

/** What to validate, and what else is known. */
export interface ValidateOptions {
  /** False leaves a definition out; others may still refer to it. */
  selects?: Covers
  /** False: others that refer to this definition of the tree mean what the registry has of it. */
  counts?: Covers
  /** All are drafts, whatever their manifests say: what they require need not be live. */
  drafts?: boolean
  /** Asks the registry for a definition that the tree does not have live. */
  known: Known
  /**
   * Names the head that has exactly this content: it was checked when it was published, so its own rules are not run
   * again; what it needs of others is.
   */
  published?: (definition: Named) => Head | undefined
  /** Called with each definition that has no error of its own, while its content is in memory. */
  onValid?: (read: ReadDefinition, definition: Definition, references: readonly Reference[]) => void
}

/** All findings with their places, and how many definitions were looked at. */
export interface Validated {
  diagnostics: Diagnostic[]
  checked: number
}

/** Checks every selected definition of the tree, one in memory at a time. Never throws on content. */
export async function validate(tree: Tree, options: ValidateOptions, watch: Watch): Promise<Validated> {
  const folders = foldersOf(tree)
  const selected = folders.filter((folder) => options.selects?.(toNamed(folder)) ?? true)
  const counting = folders.filter((folder) => options.counts?.(toNamed(folder)) ?? true)
  const present = new Set(counting.map((folder) => nameOf(toNamed(folder))))
  const surroundings = createSurroundings(tree, present, options.known)
  const diagnostics: Diagnostic[] = []
  const referrers: Referrer[] = []
  /** Their rules asked for definitions that only the registry has: they are checked again when it has answered. */
  const waiting: Folder[] = []
  const take = async (read: ReadDefinition) => {
    const findings = await withSecrets(read)
    if (findings.length) diagnostics.push(...(await locateAll(findings, read)))
    if (read.definition && !findings.some(isError)) accept(read, read.definition, referrers, options)
  }
  const total = selected.length
  watch.emit({ stage: 'validate', state: 'started', done: 0, total })
  for (const [index, folder] of selected.entries()) {
    const { misses } = surroundings
    const head = options.published?.(toNamed(folder))
    if (head) referTo(head, referrers)
    else {
      await tree.files?.prepare([folder])
      const read = readFolder(folder, surroundings)
      if (surroundings.misses > misses) waiting.push(folder)
      else await take(read)
    }
    if (index % YIELD_EVERY === 0) await breathe(index, total, watch)
  }
  await surroundings.askForMissed()
  for (const folder of waiting) await take(readFolder(folder, surroundings))
  for (const [{ kind, id }, findings] of await checkReferences(referrers, surroundings.target)) {
    const read = readDefinition(tree, kindOf(tree, kind), id)
    diagnostics.push(...(await locateAll(findings, read)))
  }
  watch.emit({ stage: 'validate', state: 'done', done: total, total })
  return { diagnostics: diagnostics.sort(byPlace), checked: total }
}

/** The findings of a definition and, where something looks like a secret, those of the scan for secrets. */
async function withSecrets({ findings, source, suspects }: ReadDefinition): Promise<readonly Finding[]> {
  return suspects.length ? [...findings, ...(await scanSuspects(source, suspects))] : findings
}

/** There is nothing to work on. */
export function noDefinitions(tree: Tree): Failure {
  const first = tree.kinds[0]?.singular ?? 'agent'
  return new Failure(
    'NO_DEFINITIONS',
    `there are no definitions in ${tree.shown}`,
    `make one: nofx new ${first} <id>`,
  )
}

/** Definitions between two looks at the world: progress, Ctrl-C, and the registry that answers meanwhile. */
const YIELD_EVERY = 32

async function breathe(done: number, total: number, watch: Watch): Promise<void> {
  await new Promise(setImmediate)
  watch.signal.throwIfAborted()
  watch.emit({ stage: 'validate', state: 'advanced', done, total })
}

function accept(
  read: ReadDefinition,
  definition: Definition,
  referrers: Referrer[],
  options: ValidateOptions,
): void {
  const { folder } = read
  const { kind } = folder
  const references = kind.references(definition)
  const demands = kind.demands?.(definition) ?? []
  if (references.length || demands.length) {
    const status = options.drafts ? () => 'draft' as const : statusOf(folder)
    referrers.push({ kind: kind.id, id: definition.id, status, references, demands })
  }
  options.onValid?.(read, definition, references)
}

function referTo({ kind, id, metadata: { status }, references, demands }: Head, referrers: Referrer[]): void {
  if (references.length || demands.length)
    referrers.push({ kind, id, status: () => status, references, demands })
}

/** Keeps no definition in memory for the few that are asked: those are read again. */
function statusOf(folder: Folder): () => Status {
  return () => {
    const { definition } = readFolder(folder, ALONE)
    return definition ? folder.kind.describe(definition).status : 'draft'
  }
}

function locateAll(findings: readonly Finding[], { folder, source }: ReadDefinition): Promise<Diagnostic[]> {
  const texts = new Map<string, string>()
  for (const file of source.files) if (file.text !== undefined) texts.set(file.path, file.text)
  return locate(findings, { kind: folder.kind.id, id: folder.id, dir: folder.shown, texts })
}

function kindOf(tree: Tree, id: string): Kind {
  return tree.kinds.find((kind) => kind.id === id) as Kind
}
