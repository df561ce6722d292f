import { expect } from 'vitest'
import type { z } from 'zod'
import { ROUTES } from '../../../src/api/routes/routes.ts'
import type { ApiUnderTest, Read } from './api-under-test.ts'

/** The shape that the document promises for an answer. */
function promised(name: string, status: number): z.ZodType {
  const shape = ROUTES.find((route) => route.name === name)?.responses[status]?.schema
  if (!shape) throw new Error(`${name} promises nothing for ${status}`)
  return shape
}

/** Checks that an answer has a status, and the shape that the document promises for it. */
export function expectPromised(name: string, answer: Read, status = 200): Read {
  expect([answer.status, answer.status === status ? '' : answer.text]).toEqual([status, ''])
  expect(promised(name, status).safeParse(answer.json).error?.issues ?? []).toEqual([])
  return answer
}

/** Reads; every answer must be 200 and as promised. */
export function readerOf(api: () => ApiUnderTest) {
  return async (name: string, path: string, headers?: Record<string, string>): Promise<Read> =>
    expectPromised(name, await api().get(path, headers))
}
