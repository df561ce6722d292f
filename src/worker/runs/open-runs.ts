import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { RUN_ID } from '../run/run-folder.ts'
import { describeRun } from './describe-run.ts'
import { type IsHeld, markRun, readRunFiles, tellRun } from './read-run.ts'
import type { RunRecord, RunRecordState, RunSummary } from './run-record.ts'

/** Where a run stands in the list: when its inputs were written, ms since 1970, and its id. */
export interface RunPlace {
  at: number
  id: string
}

export interface RunQuery {
  limit: number
  after?: RunPlace
  state?: RunRecordState
  /** The id of a template. */
  template?: string
  planId?: string
}

export interface RunPage {
  /** Newest first. Fewer than asked for where `next` goes on: a request reads a bounded number of files. */
  items: RunSummary[]
  next: RunPlace | null
  /** Why runs that are there may be missing. */
  problem: string | null
}

/** The runs in a project's folder, as their files tell them. Nothing is written. */
export interface RunReader {
  list(query: RunQuery): Promise<RunPage>
  /** @returns undefined if the run does not exist */
  show(runId: string): Promise<RunRecord | undefined>
}

/** The most folders that are looked at for a list, and runs that are read for a page. */
export const MOST_FOLDERS = 10_000
const MOST_READ = 500
/** No further run is read for a page after this time, ms: a hostile folder may have many large files. */
const READ_FOR_MS = 5_000
/** Runs whose summary is kept in memory. */
const MOST_KEPT = 1_000
/** Folders that are looked at together. */
const TOGETHER = 64

/**
 * Reads the runs of `nofx worker run`.
 * @param data the folder `.nofx`
 */
export function createRunReader(data: string, isHeld: IsHeld): RunReader {
  const home = join(data, 'runs')
  const summaries = new Map<string, { mark: string; summary: RunSummary }>()
  const summarize = async (runId: string): Promise<RunSummary | undefined> => {
    const folder = join(home, runId)
    const mark = await markRun(folder, isHeld)
    const earlier = summaries.get(runId)
    if (earlier?.mark === mark) return earlier.summary
    const files = await readRunFiles(folder, isHeld)
    if (files === undefined) return undefined
    const summary = summaryOf(describeRun(runId, tellRun(runId, files)))
    if (summaries.size >= MOST_KEPT) summaries.clear()
    summaries.set(runId, { mark, summary })
    return summary
  }
  return {
    async list(query) {
      const { places, problem } = await placesIn(home)
      const { after } = query
      const rest = after ? places.filter((place) => compare(place, after) > 0) : places
      return { ...(await readPage(rest, query, ({ id }) => summarize(id))), problem }
    },
    async show(runId) {
      if (!RUN_ID.test(runId) || (await homeProblem(home)) !== undefined) return undefined
      const files = await readRunFiles(join(home, runId), isHeld)
      return files && describeRun(runId, tellRun(runId, files))
    },
  }
}

function summaryOf({ locks: _, secrets: __, steps: ___, rollback: ____, ...summary }: RunRecord): RunSummary {
  return summary
}

/** Newest first, runs of one moment by id. */
const compare = (one: RunPlace, other: RunPlace): number =>
  other.at - one.at || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)

async function readPage(
  places: readonly RunPlace[],
  { limit, state, template, planId }: RunQuery,
  read: (place: RunPlace) => Promise<RunSummary | undefined>,
): Promise<Pick<RunPage, 'items' | 'next'>> {
  const fits = (run: RunSummary) =>
    (state === undefined || run.state === state) &&
    (template === undefined || run.template?.id === template) &&
    (planId === undefined || run.planId === planId)
  const items: RunSummary[] = []
  const until = Date.now() + READ_FOR_MS
  for (const [index, place] of places.entries()) {
    const run = await read(place)
    if (run && fits(run)) items.push(run)
    const isEnough = items.length === limit || index + 1 === MOST_READ || Date.now() > until
    if (isEnough && index + 1 < places.length) return { items, next: place }
  }
  return { items, next: null }
}

/** The places of all runs in a folder. */
async function placesIn(home: string): Promise<{ places: RunPlace[]; problem: string | null }> {
  const problem = await homeProblem(home)
  if (problem !== undefined) return { places: [], problem }
  const names = (await readdir(home).catch(() => [])).filter((name) => RUN_ID.test(name))
  const readNames = names.slice(0, MOST_FOLDERS)
  const places: RunPlace[] = []
  for (let from = 0; from < readNames.length; from += TOGETHER) {
    const batch = await Promise.all(readNames.slice(from, from + TOGETHER).map((id) => findPlace(home, id)))
    places.push(...batch.flatMap((place) => place ?? []))
  }
  const more = names.length - readNames.length
  return {
    places: places.sort(compare),
    problem: more > 0 ? `${more} runs are not shown: .nofx/runs has more than ${MOST_FOLDERS}` : null,
  }
}

/** Inputs are written once, so the place of a run never changes. */
async function findPlace(home: string, id: string): Promise<RunPlace | undefined> {
  const folder = join(home, id)
  const isLink = (await lstat(folder).catch(() => undefined))?.isSymbolicLink()
  const stats = await lstat(isLink ? folder : join(folder, 'run.json')).catch(() => undefined)
  return stats && { at: Math.trunc(stats.mtimeMs), id }
}

/** Why a folder of runs is not read; a folder that does not exist has no runs. */
async function homeProblem(home: string): Promise<string | undefined> {
  try {
    const stats = await lstat(home)
    if (stats.isSymbolicLink()) return '.nofx/runs is a link, which is not followed'
    if (!stats.isDirectory()) return '.nofx/runs is not a folder'
    await readdir(home)
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : `.nofx/runs cannot be read (${code})`
  }
}
