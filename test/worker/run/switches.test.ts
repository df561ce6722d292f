import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWhyDisabled, type HeadSource } from '../../../src/worker/run/switches.ts'
import { Bench, planOf, statesOf, step } from './support/run-plan.ts'

const USED = [
  { kind: 'templates', id: 'work' },
  { kind: 'agents', id: 'worker' },
]
const WHY = 'agents/worker is disabled by ada: sends mails'

/** A registry whose definitions are disabled by files named after them, as a runner can make them. */
class Switches {
  opened = 0
  closed = 0
  reachable = true
  readonly troubles: unknown[] = []

  constructor(private readonly root: string) {}

  get whyDisabled() {
    const { signal } = new AbortController()
    const onTrouble = (error: unknown) => this.troubles.push(error)
    return createWhyDisabled({ used: USED, open: () => this.open(), signal, onTrouble })
  }

  private async open(): Promise<HeadSource> {
    this.opened++
    if (!this.reachable) throw new Error('no route')
    const head = async (_kind: string, id: string) =>
      existsSync(join(this.root, `${id}.off`))
        ? { state: 'disabled', disabled: { by: 'ada', reason: 'sends\nmails' } }
        : { state: 'active', disabled: null }
    return { head, close: async () => void this.closed++ }
  }
}

describe('a run whose definitions are disabled', () => {
  let bench: Bench
  let switches: Switches
  beforeEach(() => {
    bench = new Bench()
    switches = new Switches(bench.root)
  })
  afterEach(() => bench.remove())
  const disable = (id: string) => writeFileSync(join(bench.root, `${id}.off`), '')
  const start = (plan: Parameters<Bench['start']>[0], script: string) =>
    bench.start(plan, bench.runner(script), { whyDisabled: switches.whyDisabled })

  const chain = planOf([step('first'), step('next', { dependsOn: ['first'] })])

  it.each(['worker', 'work'])('the next step fails clearly after %s was disabled', async (id) => {
    const report = await start(chain, `echo x >> "$1.ran"; touch ${id}.off`)
    expect([report.state, statesOf(report)]).toEqual(['failed', { first: 'done', next: 'failed' }])
    const name = id === 'work' ? 'templates/work' : 'agents/worker'
    expect(report.steps[1]?.error).toBe(`${name} is disabled by ada: sends mails`)
    expect(existsSync(join(bench.root, 'next.ran'))).toBe(false)
  })

  it('nothing is undone by a disabled agent, and a disabled template does not stop the undoing', async () => {
    const steps = [step('first'), step('next', { dependsOn: ['first'], onFailure: 'rollback' })]
    const rollback = [{ step: 'first', agentId: 'worker', prompt: 'Undo.', inputs: {} }]
    const plan = planOf(steps, { rollback })
    const byTemplate = await start(plan, 'touch work.off; cat >> "$1.task"')
    expect(byTemplate.state).toBe('rolled-back')
    expect(bench.read('first.task')).toContain('Undo.')
    disable('worker')
    const byAgent = await start(plan, 'echo x >> "$1.never"')
    expect(statesOf(byAgent)).toEqual({ first: 'failed', next: 'not-run' })
    expect(existsSync(join(bench.root, 'first.never'))).toBe(false)
  })

  it('steps that begin together share one question, and every opened registry is closed', async () => {
    const plan = planOf(['a', 'b', 'c', 'd'].map((id) => step(id)))
    expect(await start(plan, 'exit 0')).toMatchObject({ state: 'done' })
    expect([switches.opened, switches.closed]).toEqual([1, 1])
  })

  it('a registry that does not answer does not stop a run, and the last known answer counts', async () => {
    switches.reachable = false
    expect(await start(chain, 'exit 0')).toMatchObject({ state: 'done' })
    expect(switches.troubles).toHaveLength(2)
    switches.reachable = true
    const { whyDisabled } = switches
    disable('worker')
    expect(await whyDisabled(USED[1] as (typeof USED)[1])).toBe(WHY)
    switches.reachable = false
    expect(await whyDisabled(USED[1] as (typeof USED)[1])).toBe(WHY)
  })
})
