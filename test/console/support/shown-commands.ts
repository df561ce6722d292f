import { readFileSync } from 'node:fs'
import { NO_PAGE } from './console-under-test.ts'

/**
 * Addresses of each page, by its file in `console/pages`, with the names of `placeOf` and of what the preview has:
 * `{version}` of the reviewer, `{release}`, `{report}` and `{plan}`.
 */
export const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  check: ['/check'],
  definition: ['/agents/reviewer', '/agents/reviewer?move=rollback:agents/reviewer'],
  diff: ['/agents/reviewer/diff', '/agents/reviewer/diff?from=production'],
  feed: ['/feed', '/feed?since=0'],
  graph: ['/templates/triage-issue/graph'],
  history: ['/agents/reviewer/history'],
  instantiate: ['/templates/triage-issue/instantiate'],
  links: ['/agents/reviewer/links'],
  list: ['/agents', '/templates?search=nothing'],
  'not-found': [NO_PAGE],
  now: ['/'],
  plan: ['/plans/{plan}'],
  plans: ['/plans'],
  preview: ['/previews/pr-12'],
  previews: ['/previews'],
  release: ['/releases/{release}'],
  releases: ['/releases'],
  report: ['/reports/{report}'],
  reports: ['/reports?verdict=accepted'],
  rules: ['/rules'],
  run: ['/runs/{waiting}'],
  runs: ['/runs?template=nothing'],
  search: ['/search?search=review'],
  'sign-in': ['/sign-in'],
  version: ['/agents/reviewer/v/{version}'],
  webhooks: ['/webhooks'],
}

/** Pages of which no command prints the same. */
export const SILENT = ['links', 'not-found', 'plans', 'sign-in']

/** The names of the commands that take a preview, as the recorded surface of the CLI has them. */
const TAKING = readFileSync('test/cli/surface.txt', 'utf8')
  .split('\n\n')
  .filter((command) => command.includes('[--env='))
  .map((command) => /^nofx [a-z ]*[a-z]/.exec(command)?.[0] ?? command)
/** The same command under a shorter name. */
const SHORT: Readonly<Record<string, string>> = { 'nofx pull': 'nofx registry pull' }

/** Whether a command acts in the preview of its page, as far as it can act in one. */
export function actsIn(command: string, preview: string): boolean {
  if (command.startsWith('curl ')) return command.includes(`?env=${preview}`)
  const [name = command] = /nofx( [a-z]+)+/.exec(command) ?? []
  const long = Object.entries(SHORT).reduce((text, [short, whole]) => text.replace(short, whole), name)
  const takes = TAKING.some((taking) => `${long} `.startsWith(`${taking} `))
  return !takes || new RegExp(` --env ${preview}( |$)`).test(command)
}
