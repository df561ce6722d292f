import * as z from 'zod'
import type { ApiPorts } from '../ports.ts'
import { defineRoute } from '../route.ts'

const check = z.strictObject({ ok: z.boolean(), ms: z.int() })

/** The health check's answer, healthy or not. */
export const health = z.strictObject({
  status: z.enum(['ok', 'failed']),
  checks: z.strictObject({ database: check, storage: check }),
})

/** Time limit of a check, milliseconds. */
const PATIENCE = 5_000

/** `GET /api/health`: whether database and storage answer, for monitors. */
export const showHealth = defineRoute({
  method: 'GET',
  path: '/api/health',
  name: 'showHealth',
  summary: 'Report whether the database and the storage answer.',
  access: 'public',
  previews: false,
  responses: {
    200: { description: 'Both answer.', schema: health },
    503: { description: 'At least one of them does not answer.', schema: health },
  },
  handle: async ({ ports }) => {
    const [database, storage] = await Promise.all([timed(askDatabase(ports)), timed(askStorage(ports))])
    const ok = database.ok && storage.ok
    return {
      status: ok ? 200 : 503,
      body: { status: ok ? 'ok' : 'failed', checks: { database, storage } },
      ...(ok ? {} : { headers: { 'retry-after': '5' } }),
    }
  },
})

async function askDatabase({ reader }: ApiPorts): Promise<boolean> {
  const { data } = await reader()
    .from('registry_counter')
    .select('seq')
    .limit(1)
    .abortSignal(AbortSignal.timeout(PATIENCE))
  return typeof data?.[0]?.seq === 'number'
}

async function askStorage({ service }: ApiPorts): Promise<boolean> {
  const { data } = await service.storage.getBucket('registry')
  return data?.id === 'registry'
}

/** Why a check fails is in the logs of the service that was checked; the answer is public. */
async function timed(answer: Promise<boolean>): Promise<z.infer<typeof check>> {
  const started = Date.now()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE)
  })
  const ok = await Promise.race([answer.catch(() => false), late])
  clearTimeout(timer)
  return { ok, ms: Date.now() - started }
}
