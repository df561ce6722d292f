import * as z from 'zod'
import { diffOfOne } from './definitions.ts'
import {
  commit,
  count,
  diff,
  digest,
  dryRun,
  nameFields,
  operatorSwitch,
  reportOutcome,
  risk,
  text,
  time,
  version,
} from './parts.ts'
import { result } from './releases.ts'

const item = z.strictObject({
  ...nameFields,
  action: z
    .enum(['add', 'change', 'stale', 'held', 'refused'])
    .describe('`stale` and `held` change nothing.'),
  digest,
  previousDigest: digest.nullable(),
  expectedVersion: count.describe('The newest version in the registry, 0 without one.'),
  neededBy: text.optional(),
  draft: z.literal(true).optional(),
  liveVersion: version.optional(),
  disabled: operatorSwitch.optional(),
  note: text.optional().describe('Why nothing changes.'),
  withdrawn: z.literal(true).optional(),
  diff: diff.optional(),
  risks: z.array(risk),
  breaks: z.array(text).describe('Live definitions that would lose something they require.'),
})

export const plan = z
  .strictObject({
    nofxPlan: z.literal(1),
    registry: text,
    commit,
    items: z.array(item),
    missing: z
      .array(z.strictObject({ ...nameFields, expectedVersion: count, requiredBy: z.array(text) }))
      .describe('Published, and missing from the checkout.'),
    prune: z.boolean(),
    unhold: z.boolean(),
    draft: z.literal(true).optional(),
    unchanged: count,
    published: count,
  })
  .describe('What a publish would do.')

export const publishData = z.strictObject({
  dryRun,
  plan: plan.nullable().describe('Null if a definition has errors.'),
  result: result.nullable().describe('Null if nothing was published.'),
  report: reportOutcome.optional().describe('The report of a publish that was refused.'),
})

export const planData = z.strictObject({ plan })

export const diffData = z.union([diffOfOne, planData])

const raised = z.strictObject({
  name: text,
  created: z.boolean(),
  origin: text,
  createdAt: time,
  updatedAt: time,
  expiresAt: time,
})

export const previewUpData = z.strictObject({
  preview: raised,
  plan,
  result,
  url: text.nullable(),
  header: text.describe('The header of a request that reads the preview.'),
})

export const previewDownData = z.strictObject({
  name: text,
  removed: z.boolean().describe('Whether the preview existed.'),
  objects: count.describe('How many bundles were removed.'),
})

export const previewListData = z.strictObject({
  previews: z.array(
    z.strictObject({
      ...raised.omit({ created: true }).shape,
      actor: text,
      commit: z.strictObject({ sha: text }).nullable(),
      state: z.enum(['open', 'closing']),
      expired: z.boolean(),
      changes: count,
    }),
  ),
})

export const previewSweepData = z.strictObject({
  dryRun,
  names: z.array(text).describe('The previews that were taken down, or would be.'),
  failed: z.array(z.strictObject({ name: text, message: text })),
})
