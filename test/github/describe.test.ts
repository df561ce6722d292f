import { expect, test } from 'vitest'
import { describeDocument } from '../../scripts/action/describe.mjs'

const documentOf = (count: number) => {
  const items = Array.from({ length: count }, (_, at) => ({ action: 'add', kind: 'agents', id: `a${at}` }))
  return { ok: true, data: { plan: { items } }, error: undefined }
}

test('the log of a job names some thousand definitions and counts the rest', () => {
  const { changed, lines } = describeDocument(documentOf(20_000))
  expect(changed).toBe(20_000)
  expect(lines).toHaveLength(5_001)
  expect(lines.at(-1)).toBe('… and 15000 more; the file of the output "result" has them all')
  expect(describeDocument(documentOf(5_000)).lines).toHaveLength(5_000)
})
