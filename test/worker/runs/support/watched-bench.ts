import { join } from 'node:path'
import { expect } from 'vitest'
import { runDetail, runList } from '../../../../src/api/reads/run-shapes.ts'
import { liveHolder } from '../../../../src/core/disk/lock.ts'
import { createRunReader, type RunQuery } from '../../../../src/worker/runs/open-runs.ts'
import type { RunRecord } from '../../../../src/worker/runs/run-record.ts'
import { Bench, planOf, step } from '../../run/support/run-plan.ts'

const isHeld = async (lock: string) => (await liveHolder(lock)) !== undefined

/** A runner that writes the id of its step as an output; the step `bad` fails. */
export const WRITES = `case $1 in bad) echo no such branch >&2; exit 3;; *) echo '{"text":"'$1'"}' > $2;; esac`

/** The reader of a bench's runs. */
export const readerOf = ({ root }: Bench) => createRunReader(join(root, 'data'), isHeld)

/** A bench whose runs are read as others see them; every answer must be as the API promises it. */
export class WatchedBench extends Bench {
  readonly reader = readerOf(this)

  pathOf(runId: string, name = '.'): string {
    return join(this.root, 'data/runs', runId, name)
  }

  /** Executes a plan, and returns the id of its run. */
  async run(document = planOf([step('one')]), changes: Parameters<Bench['start']>[2] = {}): Promise<string> {
    return (await this.start(document, this.runner(WRITES), changes)).id
  }

  /** Shows a run; the list must have the same of it. */
  async show(runId: string): Promise<RunRecord> {
    const run = await this.reader.show(runId)
    if (!run) throw new Error(`${runId} is not shown`)
    expect(runDetail.safeParse(run).error?.issues ?? []).toEqual([])
    const { items } = await this.list()
    const { locks: _, secrets: __, steps: ___, rollback: ____, ...summary } = run
    expect(items.find((one) => one.runId === runId)).toEqual(summary)
    return run
  }

  async list(query: Partial<RunQuery> = {}) {
    const { next, ...page } = await this.reader.list({ limit: 100, ...query })
    expect(runList.safeParse({ ...page, nextCursor: null }).error?.issues ?? []).toEqual([])
    return { ...page, next }
  }
}
