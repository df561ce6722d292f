import * as z from 'zod'
import { PREVIEW_NAME } from '../../contract/protocol/preview.ts'
import type { Preview, RaisedPreview, TakenDown } from '../../contract/protocol/previews.ts'
import type {
  AddedWebhook,
  DeliveryAttempt,
  RotatedWebhook,
  Webhook,
} from '../../contract/protocol/webhooks.ts'
import { count, instant, json, line, madeId, outcomeRow, seq, text } from './shapes.ts'

/** The answers of edge functions: the sync of a kind, previews, reports and webhooks. */

const finding = z.looseObject({
  kind: text(200),
  id: text(200),
  file: text(2_000),
  rule: text(200),
  severity: z.enum(['error', 'warning']),
  message: text(20_000),
  hint: text(20_000),
  pointer: z
    .array(z.union([text(1_000), z.int()]))
    .max(200)
    .optional(),
})

/** A refusal as the function writes it. */
export const refusalShape = z.object({
  code: z.string().regex(/^[A-Z][A-Z_]{2,40}$/),
  message: text(100_000),
  hint: text(20_000).default(''),
  detail: json.optional(),
  findings: z.array(finding).max(100_000).optional(),
})

const releaseResult = z.object({
  releaseId: madeId.nullable(),
  replayed: z.boolean(),
  dryRun: z.boolean(),
  seq,
  outcomes: z.array(outcomeRow).max(200_000),
})

/** A refusal of any function. */
export const refusedAnswer = z.object({ ok: z.literal(false), error: refusalShape })

/** The success of a function that answers `{ok, result}`. */
export const successSchema = <T>(result: z.ZodType<T>) => z.object({ ok: z.literal(true), result })

/** The successful answers of `registry_<kind>_sync`. */
export const stagedAnswer = z.object({ ok: z.literal(true), staged: count })
export const releaseAnswer = z.object({ ok: z.literal(true), result: releaseResult })

const previewName = z.string().regex(PREVIEW_NAME)
const previewFields = {
  name: previewName,
  origin: text(2_000),
  createdAt: instant,
  updatedAt: instant,
  expiresAt: instant,
}

export const raisedPreview = z.object({
  ...previewFields,
  created: z.boolean(),
}) satisfies z.ZodType<RaisedPreview>

export const previewList = z.array(
  z.object({
    ...previewFields,
    actor: text(1_000),
    commit: line(64).nullable(),
    state: z.enum(['open', 'closing']),
    expired: z.boolean(),
    changes: count,
  }),
) satisfies z.ZodType<Preview[]>

export const takenDown = z.object({
  name: previewName,
  removed: z.boolean(),
  objects: count,
  more: z.boolean(),
}) satisfies z.ZodType<TakenDown>

export const previewNames = z.array(previewName)

export const keptReport = z.object({ reportId: madeId })

const secret = line(500)
const status = z.int().min(0).max(999).nullable()
const problem = text(10_000)

export const addedWebhook = z.object({
  id: madeId,
  secret,
  cursor: seq,
}) satisfies z.ZodType<AddedWebhook>

export const rotatedWebhook = z.object({
  id: madeId,
  secret,
  oldSecretUntil: instant,
}) satisfies z.ZodType<RotatedWebhook>

export const removedWebhook = z.object({ id: madeId, url: text(10_000) })

export const attemptShape = z.object({
  status,
  ms: z.number().min(0).max(1e9),
  error: problem.optional(),
  retryAfter: z.number().min(0).max(1e9).optional(),
}) satisfies z.ZodType<DeliveryAttempt>

export const webhookList = z.array(
  z.object({
    id: madeId,
    url: text(10_000),
    deployment: z.boolean(),
    kinds: z.array(text(200)).max(200),
    types: z.array(text(200)).max(500),
    audience: z.enum(['public', 'publisher']),
    state: z.enum(['active', 'failing', 'disabled']),
    cursor: seq,
    lag: seq,
    attempts: count,
    nextAt: instant.nullable(),
    lastStatus: status,
    lastError: problem.nullable(),
    deliveredAt: instant.nullable(),
    disabledAt: instant.nullable(),
    createdBy: text(1_000),
    createdAt: instant,
    deadLetters: z
      .array(
        z.object({
          since: seq,
          cursor: seq,
          attempts: count,
          lastStatus: status,
          lastError: problem.nullable(),
          at: instant,
        }),
      )
      .max(1_000),
  }),
) satisfies z.ZodType<Webhook[]>
