import * as z from 'zod'
import { definitionIdText, isShallow, LINE, misfit } from '../../../contract/protocol/answers.ts'
import { name } from '../manifest/plan-schema.ts'
import type { InstanceDocument } from './document.ts'

/** Levels of nesting in an agent's inputs. */
const DEPTH = 128

/** The name of a step or an output, by the rule for templates. */
const word = name()
const title = z.string().max(1_000).regex(LINE)
const text = z.string().max(1_000_000)
const millis = z
  .int()
  .min(0)
  .max(2 ** 31 - 1)
const anything = z
  .record(z.string(), z.unknown())
  .refine((value) => isShallow(value, DEPTH), 'is nested too deep')
const reference = z.union([z.object({ step: word, output: word }), z.object({ secret: title })])
const parts = z.object({ $parts: z.array(z.union([text, reference])).max(100_000) })

const task = { agentId: definitionIdText, prompt: z.union([text, parts]), inputs: anything }

const step = z.object({
  ...task,
  id: word,
  name: title,
  dependsOn: z.array(word).max(1_000),
  when: z
    .union([
      z.boolean(),
      z.object({
        left: reference,
        op: z.enum(['truthy', 'falsy', '==', '!=']),
        right: z.union([text, z.number(), z.boolean(), z.null()]).optional(),
      }),
    ])
    .optional(),
  timeoutMs: millis,
  retry: z.object({ maxAttempts: z.int().min(1).max(1_000), backoffMs: millis }),
  onFailure: z.enum(['stop', 'continue', 'rollback']),
  approval: z.enum(['none', 'manual']),
  sideEffects: z.enum(['none', 'reversible', 'irreversible']),
})

/** The parts of a plan that a worker and a list of steps read. Further fields of an output are kept unchanged. */
const documentShape = z.object({
  steps: z.array(step).min(1).max(1_000),
  expectedOutputs: z
    .array(z.looseObject({ id: word, type: title, fromStep: word, required: z.boolean() }))
    .max(1_000),
  rollback: z.array(z.object({ ...task, step: word })).max(1_000),
  secrets: z.array(title).max(1_000),
  parameters: anything,
})

/** A plan's document from a registry's answer, or a text that names the invalid field. */
export function readDocument(answer: unknown): InstanceDocument | string {
  const read = documentShape.safeParse(answer)
  return read.success ? (read.data as InstanceDocument) : misfit(read.error)
}
