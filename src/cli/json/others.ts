import * as z from 'zod'
import { count, digest, dryRun, nameFields, object, text, time, version } from './parts.ts'

const user = z.strictObject({
  id: text,
  email: text.optional(),
  publisher: z.boolean(),
  expiresAt: time,
})

export const loginData = z.union([
  z.strictObject({ registry: text, email: text, sent: z.literal(true) }).describe('A code was sent.'),
  z.strictObject({
    registry: text,
    user,
    path: text.describe('The file that keeps the sign-in.'),
    keyring: z
      .enum(['security', 'secret-tool'])
      .nullable()
      .describe('The keyring with the key of the file; null for a file that is not encrypted.'),
  }),
])
export const logoutData = z.strictObject({
  registry: text,
  signedIn: z.boolean().describe('Whether there was a sign-in.'),
  trouble: text.optional(),
})
export const whoamiData = z.strictObject({
  registry: text,
  via: z.enum(['owner', 'publishable', 'secret', 'ci', 'token', 'sign-in']),
  user: user.optional(),
})

export const consoleData = z.strictObject({
  link: text.describe('Signs a browser in, once.'),
  expiresAt: time,
  opened: z.boolean().describe('Whether a browser was started.'),
})
export const initData = z.strictObject({
  root: text,
  dryRun,
  written: z.boolean().describe('Whether anything was written.'),
  git: z.boolean().describe('Whether a git repository is made.'),
  changes: z.array(z.strictObject({ path: text, action: z.enum(['create', 'edit']), adds: z.array(text) })),
  byHand: z
    .array(z.strictObject({ path: text, why: text, lines: z.array(text) }))
    .describe('Lines for files that the command does not edit.'),
  notes: z.array(text),
  next: z.array(text).describe('The next commands.'),
})

export const webhookAddData = z.strictObject({ id: text, secret: text, cursor: count })
export const webhookRotateData = z.strictObject({ id: text, secret: text, oldSecretUntil: time })
export const webhookRemoveData = z.strictObject({ id: text, url: text })
export const webhookTestData = z.strictObject({
  id: text,
  status: z.int().nullable(),
  ms: count,
  error: text.optional(),
  retryAfter: z.number().optional(),
})
export const webhooksData = z.strictObject({
  webhooks: z.array(
    z.strictObject({
      id: text,
      url: text,
      deployment: z.boolean(),
      kinds: z.array(text),
      types: z.array(text),
      audience: z.enum(['public', 'publisher']),
      state: z.enum(['active', 'failing', 'disabled']),
      cursor: count,
      lag: count.describe('Events that were not delivered yet.'),
      attempts: count,
      nextAt: time.nullable(),
      lastStatus: z.int().nullable(),
      lastError: text.nullable(),
      deliveredAt: time.nullable(),
      disabledAt: time.nullable(),
      actor: text,
      createdAt: time,
      deadLetters: z.array(
        z.strictObject({
          since: count,
          cursor: count,
          attempts: count,
          lastStatus: z.int().nullable(),
          lastError: text.nullable(),
          at: time,
        }),
      ),
    }),
  ),
})

/** Further fields are the document of the plan, as the HTTP API has it: its definitions by kind, its steps. */
export const instantiateData = z.looseObject({
  dryRun,
  planId: text.optional().describe('Absent in a dry run.'),
  createdAt: time.optional(),
  replayed: z.boolean().optional(),
})

const done = {
  id: text,
  state: z.enum(['done', 'failed', 'skipped', 'unapproved', 'waiting', 'not-run']),
  attempts: count,
  ms: count,
  error: text.optional(),
}
export const runData = z.strictObject({
  id: text.describe('The id for --resume.'),
  planId: text,
  state: text,
  steps: z.array(z.strictObject({ ...done, outputs: object })),
  rollback: z.array(z.strictObject(done)).describe('The steps that were undone, in order.'),
  unapproved: z.array(text).describe('Steps that wait for --approve.'),
})

/** Each line of `nofx registry watch`: an event, as in the feed of the HTTP API. */
export const watchLine = z.strictObject({
  seq: z.int().min(1),
  type: text,
  ...nameFields,
  version: version.nullable(),
  digest: digest.nullable(),
  releaseId: text.nullable(),
  at: time,
})

export const devData = z.strictObject({
  url: text,
  pid: z.int(),
  runtime: z.enum(['deno', 'in process']),
  keys: text.describe('The file with the keys.'),
})

export const newData = z.strictObject({ ...nameFields, dir: text, files: z.array(text) })
export const schemaData = z.strictObject({ schema: object })
export const completionData = z.union([
  z.strictObject({ script: text }),
  z.strictObject({ candidates: z.array(z.strictObject({ word: text, about: text })) }),
])
