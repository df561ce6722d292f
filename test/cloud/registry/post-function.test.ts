import { expect, test } from 'vitest'
import * as z from 'zod'
import { successSchema } from '../../../src/cloud/registry/function-shapes.ts'
import { type PostOptions, postToFunction } from '../../../src/cloud/registry/post-function.ts'

const success = successSchema(z.object({ releaseId: z.string() }))
const RELEASE = { mayHave: 'the release' }

function post(status: number, code: string, options?: PostOptions) {
  const error = { code, message: 'the connection was lost', hint: 'try again' }
  const call = async () => Response.json({ ok: false, error }, { status })
  return postToFunction({ label: 'here', name: 'registry_agents_sync', call, success }, {}, options)
}

test('a server that fails in the middle of a write leaves it open whether the write took effect', async () => {
  await expect(post(503, 'REMOTE_FAILED', RELEASE)).rejects.toMatchObject({
    message: expect.stringContaining('the release may have been published'),
    hint: expect.stringContaining('run the same command again'),
  })
})

test.each<[string, number, string, PostOptions | undefined]>([
  ['a rule refuses the write', 503, 'REFUSED', RELEASE],
  ['the function refuses before it begins', 401, 'REMOTE_FAILED', RELEASE],
  ['the call changes nothing', 503, 'REMOTE_FAILED', undefined],
])('the answer is returned as it is when %s', async (_when, status, code, options) => {
  expect(await post(status, code, options)).toMatchObject({ ok: false, error: { code } })
})
