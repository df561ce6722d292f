import type { Description, Status } from '../kind.ts'

/** Maximum length of a summary in lists, in code points. */
const SUMMARY = 300

/** The identity fields that lists show. */
interface DescribedIdentity {
  name: string
  description: string
  status?: Status | undefined
  version?: string | undefined
  owner?: string | undefined
  tags?: string[] | undefined
}

/** The part of a description that every kind has. */
export function describeIdentity(manifest: DescribedIdentity): Omit<Description, 'provides' | 'facts'> {
  return {
    name: manifest.name,
    summary: shorten(manifest.description),
    status: manifest.status ?? 'active',
    ...(manifest.version === undefined ? {} : { version: manifest.version }),
    ...(manifest.owner === undefined ? {} : { owner: manifest.owner }),
    tags: manifest.tags ?? [],
  }
}

/** Cuts between code points, so that no character is split. */
function shorten(text: string): string {
  if (text.length <= SUMMARY) return text
  const points = [...text]
  return points.length <= SUMMARY ? text : `${points.slice(0, SUMMARY - 1).join('')}…`
}
