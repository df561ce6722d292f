import { describe, expect, it } from 'vitest'
import { readPages } from './pages.ts'
import { runSteps } from './run-steps.ts'
import { stepsOf } from './steps.ts'

const pages = readPages().map((page) => ({ ...page, steps: stepsOf(page) }))

describe('the commands of a page, run one after the other', () => {
  it.each(pages.filter(({ steps }) => steps.length > 0))(
    '$path: give the results that the page shows',
    async ({ steps, start }) => {
      expect(await runSteps(steps, start)).toBe(undefined)
    },
  )
})
