import author from '../../scripts/newcomer/author.mjs'
import onCall from '../../scripts/newcomer/on-call.mjs'
import platform from '../../scripts/newcomer/platform.mjs'
import plugin from '../../scripts/newcomer/plugin.mjs'
import runtime from '../../scripts/newcomer/runtime.mjs'
import { type Page, readPages } from './pages.ts'
import { type Step, stepsOf } from './steps.ts'

/** How one user comes to a first success, by sections of pages alone. */
export interface Journey {
  name: string
  /** Shell commands that make what this user has before reading, without NOFX; SAMPLES is a folder of definitions. */
  brings: string[]
  reads: { page: string; sections: string[] }[]
  /** Commands of these sections that need an account elsewhere. */
  leavesOut?: RegExp
  /** The command whose last run is the first success, and a part of its output. */
  success: string
  shows: string
  /** The user has a hosted project: without definitions, or with the samples published. */
  hosted?: 'empty' | 'published'
}

export const JOURNEYS: readonly Journey[] = [author, platform, onCall, runtime, plugin] as Journey[]

/** The steps of all sections of a journey, in their order. */
export function stepsOfJourney({ reads, leavesOut }: Journey): Step[] {
  const pages = readPages()
  return reads.flatMap(({ page: path, sections }) => {
    const page = pages.find((one) => one.path === path)
    if (!page) throw new Error(`there is no page ${path}`)
    const steps = stepsOf(page, { install: true, hosted: true })
    return sections.flatMap((section) => {
      const { first, last } = linesOf(page, section)
      const isHere = (step: Step) => step.line > first && step.line < last
      return steps.filter((step) => isHere(step) && !('command' in step && leavesOut?.test(step.command)))
    })
  })
}

/** The first line of a section, and the line of the next heading of level 2 or of its own level. */
function linesOf(page: Page, section: string): { first: number; last: number } {
  const lines = page.text.split('\n')
  const first = lines.findIndex((line) => /^#{1,3} /.test(line) && line.replace(/^#+ /, '') === section)
  if (first < 0) throw new Error(`${page.path} has no section "${section}"`)
  const next = lines.findIndex((line, index) => index > first && /^##? /.test(line))
  return { first: first + 1, last: next < 0 ? lines.length + 1 : next + 1 }
}
