import type { ChalkInstance } from 'chalk'
import type { Preview, RaisedPreview } from '../../contract/protocol/previews.ts'
import type { ReleaseResult } from '../../contract/protocol/sync.ts'
import { code } from '../../core/comment/markdown.ts'
import { printableText } from '../../core/printable.ts'
import type { PublishPlan } from '../../core/publish/publish-plan.ts'
import { presentPlan } from './publish-plan.ts'
import { count, table } from './table.ts'

/** A preview that shows the tree, and where. */
export interface ShownPreview {
  preview: RaisedPreview
  /** What the tree changes of production. */
  plan: PublishPlan
  /** What this run changed in the preview. */
  result: ReleaseResult
  url: string | null
  header: string
}

/** What a request says that wants a preview. */
export const headerOf = (name: string) => `X-Nofx-Env: ${name}`

/** What the tree changes of production, then where it can be seen. */
export function presentPreview({ preview, plan, result, url, header }: ShownPreview, paint: ChalkInstance) {
  const moved = result.outcomes.filter(({ outcome }) => outcome !== 'unchanged' && outcome !== 'held').length
  const lines = [
    presentPlan(plan, paint, { texts: true }),
    '',
    `Preview ${paint.bold(preview.name)} ${preview.created ? 'is up' : 'is up to date'}: ${count(moved, 'definition')} moved in it.`,
    ...(url ? [`  url      ${url}`] : []),
    `  header   ${header}`,
    `  origin   ${preview.origin}`,
    `  expires  ${preview.expiresAt}`,
    `  see      nofx registry list --env ${preview.name}`,
  ]
  return printableText(lines.join('\n'))
}

/** The same for the head of a comment, as Markdown. */
export function introOf({ preview, url, header }: Omit<ShownPreview, 'plan' | 'result'>): string {
  const where = url ? `[${preview.name}](${url})` : code(preview.name)
  return `Preview ${where} (header ${code(header)}), until ${preview.expiresAt}.`
}

export function presentPreviews(previews: readonly Preview[]): string {
  if (previews.length === 0) return 'There are no previews. Make one: nofx preview up <name>'
  const rows = previews.map((preview) => [
    preview.name,
    preview.expired ? 'expired' : preview.state,
    preview.changes,
    preview.expiresAt,
    preview.commit?.slice(0, 12) ?? null,
    preview.actor,
    preview.origin,
  ])
  return table(['PREVIEW', 'STATE', 'CHANGES', 'EXPIRES', 'COMMIT', 'BY', 'ORIGIN'], rows)
}
