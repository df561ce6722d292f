import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toResponse } from '../../../src/api/http/answer.ts'
import { describeTrouble, problemResponse } from '../../../src/api/http/problem.ts'
import { filesUnder } from '../../house/sources.ts'

const SAFE = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' }
const headersOf = ({ headers }: Response) => Object.fromEntries(headers)

test('every answer forbids content sniffing and embedding by other origins', () => {
  const answers = [
    toResponse({ body: {} }, { secret: false }),
    toResponse({ status: 204 }, { secret: true }),
    toResponse({ stream: new ReadableStream() }, { secret: false }),
    toResponse({ body: {}, headers: { 'content-type': 'application/schema+json' } }, { secret: false }),
    problemResponse(describeTrouble(new Error('broken')), 'id'),
  ]
  for (const answer of answers) expect(headersOf(answer)).toMatchObject(SAFE)
})

test('the API creates a response in these files alone', () => {
  const makers = filesUnder('src/api').filter((file) =>
    /new Response\(|Response\.json\(/.test(readFileSync(file, 'utf8')),
  )
  expect(makers.sort()).toEqual([
    'src/api/compose-app.ts',
    'src/api/http/answer.ts',
    'src/api/http/problem.ts',
  ])
  // A HEAD request gets the headers of the GET.
  expect(readFileSync('src/api/compose-app.ts', 'utf8')).toContain('new Response(null, response)')
})
