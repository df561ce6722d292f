import { appendFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SCENARIOS } from '../fire/scenarios.ts'

// `npm run fire` sets how much of which scenario runs, and where the results go; `npm test` runs a little of each.
const {
  NOFX_FIRE_ONLY: only,
  NOFX_FIRE_TIMES: times,
  NOFX_FIRE_SEED: seed,
  NOFX_FIRE_MINUTES: minutes,
  NOFX_FIRE_REPORT: report,
} = process.env
const chosen = SCENARIOS.filter(({ name }) => !only || only.split(',').includes(name))
const HOURS = 3_600_000 * 4

test.each(chosen.map((one) => [one.what, one] as const))(
  '%s break nothing',
  { timeout: report ? HOURS : 180_000 },
  async (_, one) => {
    const started = Date.now()
    const many = times ? Number(times) : report ? one.goal : one.short
    const until = minutes ? started + Number(minutes) * 60_000 : Number.POSITIVE_INFINITY
    const { tried, broken, facts } = await one.run({ times: many, seed: Number(seed ?? 7), until })
    const { name, what, goal } = one
    const seconds = Math.round((Date.now() - started) / 1000)
    if (report)
      appendFileSync(
        report,
        `${JSON.stringify({ name, what, goal, tried, broken: broken.length, facts, seconds })}\n`,
      )
    expect(broken).toEqual([])
    if (!minutes) expect(tried).toBeGreaterThanOrEqual(many)
  },
)
