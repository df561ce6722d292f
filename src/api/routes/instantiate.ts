import * as z from 'zod'
import type { Finding } from '../../contract/diagnostic.ts'
import { dotted } from '../../contract/fields/shown.ts'
import { instanceDocument, instantiate, tryInstantiate } from '../../core/instantiate.ts'
import { keyHolder } from '../../edge/auth/principal.ts'
import { actorOf } from '../actor.ts'
import { definitionPath } from '../http/parameters.ts'
import { IDEMPOTENCY, parseIdempotencyKey } from '../http/preconditions.ts'
import { refuse } from '../http/problem.ts'
import { pointAtAbsent } from '../reads/check-sent.ts'
import { defineRoute, type RouteCall } from '../route.ts'

const body = z.strictObject({
  parameters: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Values by name, as the manifest declares them.'),
  dryRun: z.boolean().default(false).describe('Make the plan without storing it.'),
})

const instantiated = z
  .looseObject({
    planId: z.string().optional(),
    createdAt: z.iso.datetime().optional(),
    replayed: z.boolean().optional(),
  })
  .describe('The plan. A dry run has neither `planId` nor `createdAt`.')

/** `POST /api/:kind/:id/instantiate`: makes a plan from the live version, locked to the versions that it uses. */
export const instantiateDefinition = defineRoute({
  method: 'POST',
  path: '/api/:kind/:id/instantiate',
  name: 'instantiateDefinition',
  summary: 'Make a plan of a template, locked to the versions that are live.',
  access: 'publisher',
  params: definitionPath,
  body,
  headers: IDEMPOTENCY,
  responses: {
    200: { description: 'The plan made earlier with this key, or a dry run.', schema: instantiated },
    201: { description: 'The plan.', schema: instantiated },
    409: {
      description: 'A definition that the plan needs is not live, or kept changing while the plan was made.',
    },
    422: {
      description: 'The parameters are invalid (`errors` says which), or the key belongs to another plan.',
    },
  },
  handle: async (call: RouteCall<z.infer<typeof definitionPath>, unknown, z.infer<typeof body>>) => {
    const { kind, params, headers, ports, principal } = call
    const { parameters, dryRun } = call.body
    if (!kind.instantiate)
      throw refuse(404, 'NOT_FOUND', `${kind.id} cannot be instantiated`, 'instantiate a template')
    const make = dryRun ? tryInstantiate : instantiate
    const { findings, instance } = await make(ports.registry, {
      kind,
      id: params.id,
      parameters: () => parameters,
      actor: actorOf(principal),
      key: parseIdempotencyKey(headers),
      principal: keyHolder(principal),
    })
    if (!instance) throw unfit(findings)
    const status = dryRun || instance.replayed ? 200 : 201
    return { status, body: instanceDocument(instance, ports.kinds) }
  },
})

function unfit(findings: readonly Finding[]) {
  const [first] = findings
  const issues = findings.map(pointAtAbsent).map(({ pointer, message, rule, severity, hint }) => ({
    field: dotted(pointer ?? []),
    message,
    rule,
    severity,
    hint,
  }))
  return refuse(
    422,
    'FINDINGS',
    first?.message ?? 'this template cannot be instantiated',
    first?.hint ?? 'correct the parameters',
    { issues },
  )
}
