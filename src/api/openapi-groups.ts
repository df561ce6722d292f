import type { Route } from './route.ts'

/** The groups that tools show the operations in. */
export const TAGS = {
  definitions: 'What is published now.',
  versions: 'What was published, version by version.',
  changes: 'Checks and changes, for publishers.',
  events: 'What has changed, for followers.',
  operations: 'Previews, reports, webhooks, plans that were made, and runs, for publishers.',
  session: 'Who is signed in at the console.',
  mcp: 'The registry as an MCP server.',
  discovery: 'What clients of other protocols fetch.',
  service: 'The service itself.',
}

/** The group of an operation. */
export function chooseTag({ method, path, discovery }: Route): keyof typeof TAGS {
  if (discovery) return 'discovery'
  if (path.startsWith('/api/events')) return 'events'
  if (/^\/api\/(?:health|openapi)/.test(path)) return 'service'
  if (path.endsWith('/api/mcp')) return 'mcp'
  if (path.startsWith('/api/session')) return 'session'
  if (/^\/api\/(?:previews|reports|webhooks|instantiations|runs)/.test(path)) return 'operations'
  if (method === 'POST') return 'changes'
  return /\/versions|\/diff|\/releases/.test(path) ? 'versions' : 'definitions'
}

/** Who may call an operation, and what it costs. */
export function renderDescription({ access, cost = 1, responses, previews, discovery }: Route): string {
  const open = discovery
    ? 'Open to everyone.'
    : 'Open to everyone; with credentials, publishers also see drafts.'
  const sentences = [
    access === 'public' ? open : 'For publishers and secret keys.',
    cost > 1 ? `Counts as ${cost} requests of the limit.` : '',
    responses[304] ? 'Send `If-None-Match` to save an answer that has not changed.' : '',
    previews === false ? 'The answer is the same in every environment.' : '',
  ]
  return sentences.filter(Boolean).join(' ')
}
