import * as z from 'zod'

/**
 * What is asked of the previews of a registry, at `registry_agents_sync/previews`, and what is answered. A request is one
 * POST of JSON; an answer is `{ok: true, result}` or `{ok: false, error}`.
 */

const text = (max: number) => z.string().min(1).max(max)
/** The database judges it by its own rule, and says why. */
const name = text(200)

/** A preview that is wanted. The same again prolongs it. */
export const newPreview = z.strictObject({
  name,
  /** What it shows: `owner/repository#ref`, or any other text. Another origin cannot take the name. */
  origin: text(500),
  actor: text(255),
  commit: text(64).optional(),
  /** Hours from now until it may be swept away; the registry's own default when not given. */
  ttlHours: z.int().positive().max(1_000_000).optional(),
})

export const previewsRequest = z.discriminatedUnion('action', [
  newPreview.extend({ action: z.literal('up') }),
  z.strictObject({ action: z.literal('list') }),
  z.strictObject({
    action: z.literal('down'),
    name,
    /** Leave it alone when somebody gave it more time meanwhile. */
    onlyExpired: z.boolean().default(false),
  }),
  z.strictObject({ action: z.literal('expired') }),
])

export type NewPreview = z.infer<typeof newPreview>
export type PreviewsRequest = z.input<typeof previewsRequest>

/** What an identity token is used for that asks this. */
export function previewsKey(request: PreviewsRequest): string {
  return ['preview', request.action, ...('name' in request ? [request.name] : [])].join('-')
}

/** The answer to `up`. Times are ISO 8601. */
export interface RaisedPreview {
  name: string
  /** False when it was there and lives longer now. */
  created: boolean
  origin: string
  createdAt: string
  updatedAt: string
  expiresAt: string
}

/** A preview as the list shows it. */
export interface Preview extends Omit<RaisedPreview, 'created'> {
  actor: string
  commit: string | null
  /** `closing`: it is being taken down, and takes no writes any more. */
  state: 'open' | 'closing'
  expired: boolean
  /** Definitions that differ from production. */
  changes: number
}

/** The answer to `down`. `more`: objects are left, so ask again. */
export interface TakenDown {
  name: string
  /** False when there was no such preview. */
  removed: boolean
  /** Bundles that this call removed. */
  objects: number
  more: boolean
}
