import type { Kind } from '../../contract/kind.ts'
import type { Covers } from '../../contract/name.ts'
import type { StageWatch } from '../progress.ts'
import type { Registry } from '../registry/registry.ts'
import type { AuditedRow, HeadRow, RegistryRows, RevisionRow } from '../registry/registry-rows.ts'
import { createHeadAudit, type HeadSummary, summarizeHead } from './audit-head.ts'
import { createRevisionAudit } from './audit-revision.ts'

/** A column whose value contradicts the rest of the registry. */
export interface EditedField {
  kind: string
  id: string
  /** The revision's version; null if the row is the definition's head. */
  version: number | null
  field: string
  problem: string
}

/** How many rows were verified, and which columns differ. */
export interface VerifiedRows {
  revisions: number
  heads: number
  edited: EditedField[]
}

type RowProblem = Omit<EditedField, 'kind' | 'id'>

/** Heads in one request; they are short. */
const HEADS = 1000
/** Minimum and maximum number of revisions in one request; fewer while they are long. */
const [FEWEST, MOST] = [10, 400]
/** Target size of one answer, in UTF-16 code units of texts. */
const LARGE = 4_000_000
/** How often a definition is checked again because it changed meanwhile. */
const ATTEMPTS = 3

/**
 * Compares every row of revisions and heads with the data that proves it: the digest proves the files, the files the
 * texts, the texts the manifest and everything derived from it, and the revisions prove their head. It reads page by
 * page and keeps only a summary of each definition. A difference is checked again, because the registry may change
 * meanwhile.
 * @param covers the definitions to report on; all of these kinds when not given
 */
export async function verifyRows(
  registry: Registry,
  kinds: readonly Kind[],
  watch: StageWatch,
  covers: Covers = () => true,
): Promise<VerifiedRows> {
  const verified: VerifiedRows = { revisions: 0, heads: 0, edited: [] }
  for (const kind of kinds) {
    const heads = await readHeads(registry, kind.id)
    const isCovered = (id: string) => covers({ kind: kind.id, id })
    verified.heads += [...heads.keys()].filter(isCovered).length
    for await (const { id, problems, revisions } of judgeDefinitions(registry, kind, heads)) {
      watch.signal.throwIfAborted()
      if (!isCovered(id)) continue
      verified.revisions += revisions
      watch.emit({ stage: 'rows', state: 'advanced', done: verified.revisions, total: 0 })
      const certain = problems.length > 0 ? await lookAgain(registry, kind, id, problems) : problems
      for (const problem of certain) verified.edited.push({ kind: kind.id, id, ...problem })
    }
  }
  watch.emit({ stage: 'rows', state: 'done', done: verified.revisions, total: verified.revisions })
  return verified
}

type Heads = Map<string, AuditedRow<HeadSummary>>

async function readHeads(registry: RegistryRows, kind: string): Promise<Heads> {
  const heads: Heads = new Map()
  let after: { id: string; version: number } | undefined
  for (let size = HEADS; size === HEADS; ) {
    const page = await registry.headRows(kind, { limit: HEADS, ...(after ? { after } : {}) })
    for (const audited of page) heads.set(audited.id, summarized(audited))
    after = page.at(-1)
    size = page.length
  }
  return heads
}

function summarized({ id, version, row, misfits }: AuditedRow<HeadRow>): AuditedRow<HeadSummary> {
  return { id, version, misfits, ...(row ? { row: summarizeHead(row) } : {}) }
}

interface Judged {
  id: string
  problems: RowProblem[]
  revisions: number
}

/** Every definition that has revisions, then those that have only a head. */
async function* judgeDefinitions(registry: RegistryRows, kind: Kind, heads: Heads): AsyncGenerator<Judged> {
  const unread = new Map(heads)
  let judge: ReturnType<typeof createJudge> | undefined
  for await (const audited of readRevisions(registry, kind.id)) {
    if (judge && judge.id !== audited.id) yield judge.end(heads.get(judge.id))
    if (judge?.id !== audited.id) judge = createJudge(kind, audited.id)
    unread.delete(audited.id)
    judge.take(audited)
  }
  if (judge) yield judge.end(heads.get(judge.id))
  for (const [id, head] of unread) yield createJudge(kind, id).end(head)
}

async function* readRevisions(
  registry: RegistryRows,
  kind: string,
  id?: string,
): AsyncGenerator<AuditedRow<RevisionRow>> {
  let limit = MOST / 4
  let after: { id: string; version: number } | undefined
  for (;;) {
    const page = await registry.revisionRows(kind, { id, after, limit })
    yield* page
    if (page.length < limit) return
    after = page.at(-1)
    limit = Math.max(FEWEST, Math.min(MOST, weigh(page) > LARGE ? limit >> 1 : limit * 2))
  }
}

function weigh(page: readonly AuditedRow<RevisionRow>[]): number {
  const texts = page.flatMap(({ row }) => (row ? Object.values(row.texts) : []))
  return texts.reduce((sum, text) => sum + text.length, 0)
}

/** Judges one definition: each revision alone and against those before it, and the head against all of them. */
function createJudge(kind: Kind, id: string) {
  const revisions = createRevisionAudit(kind)
  const head = createHeadAudit()
  const problems: RowProblem[] = []
  let count = 0
  return {
    id,
    take(audited: AuditedRow<RevisionRow>): void {
      count++
      const { version } = audited
      for (const one of revisions.take(audited)) problems.push({ version, ...one })
      head.take(audited)
    },
    end(audited: AuditedRow<HeadSummary> | undefined): Judged {
      for (const one of head.end(audited)) problems.push({ version: null, ...one })
      return { id, problems, revisions: count }
    },
  }
}

/**
 * Judges a definition again until it has no problem or its head did not change meanwhile, at most `ATTEMPTS` times.
 */
async function lookAgain(
  registry: RegistryRows,
  kind: Kind,
  id: string,
  first: RowProblem[],
): Promise<RowProblem[]> {
  let problems = first
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [before] = await registry.headRows(kind.id, { id, limit: 1 })
    const judge = createJudge(kind, id)
    for await (const audited of readRevisions(registry, kind.id, id)) judge.take(audited)
    problems = judge.end(before && summarized(before)).problems
    const [now] = await registry.headRows(kind.id, { id, limit: 1 })
    if (problems.length === 0 || JSON.stringify(now) === JSON.stringify(before)) return problems
  }
  return problems
}
