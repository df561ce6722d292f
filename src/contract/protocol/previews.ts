import * as z from 'zod'

/**
 * Requests about the previews of a registry, sent to `registry_agents_sync/previews`, and their answers. A request is
 * one POST of JSON; an answer is `{ok: true, result}` or `{ok: false, error}`.
 */

const text = (max: number) => z.string().min(1).max(max)
/** The database checks the name by its own rule and explains a refusal. */
const name = text(200)

/** Creates a preview. The same request for an existing preview prolongs it. */
export const newPreview = z.strictObject({
  name,
  /**
   * Where the preview comes from: `owner/repository#ref`, or any other text. Another origin cannot use the same name.
   */
  origin: text(500),
  actor: text(255),
  commit: text(64).optional(),
  /** Hours from now until the preview may be removed; by default, the registry's own setting. */
  ttlHours: z.int().positive().max(1_000_000).optional(),
})

export const previewsRequest = z.discriminatedUnion('action', [
  newPreview.extend({ action: z.literal('up') }),
  z.strictObject({ action: z.literal('list') }),
  z.strictObject({
    action: z.literal('down'),
    name,
    /** Removes the preview only if it is still expired; its time may have been prolonged meanwhile. */
    onlyExpired: z.boolean().default(false),
  }),
  z.strictObject({ action: z.literal('expired') }),
])

export type NewPreview = z.infer<typeof newPreview>
export type PreviewsRequest = z.input<typeof previewsRequest>

/** The purpose that a request binds its identity token to. */
export function previewsKey(request: PreviewsRequest): string {
  return ['preview', request.action, ...('name' in request ? [request.name] : [])].join('-')
}

/** The answer to `up`. Times are ISO 8601. */
export interface RaisedPreview {
  name: string
  /** False if the preview existed and was prolonged. */
  created: boolean
  origin: string
  createdAt: string
  updatedAt: string
  expiresAt: string
}

/** A preview in the list of previews. */
export interface Preview extends Omit<RaisedPreview, 'created'> {
  actor: string
  commit: string | null
  /** `closing`: the preview is being removed and accepts no more writes. */
  state: 'open' | 'closing'
  expired: boolean
  /** Definitions that differ from production. */
  changes: number
}

/** The answer to `down`. `more`: objects remain, so send the request again. */
export interface TakenDown {
  name: string
  /** False if the preview did not exist. */
  removed: boolean
  /** Bundles that this call removed. */
  objects: number
  more: boolean
}
