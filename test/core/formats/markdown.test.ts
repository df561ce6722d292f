import { expect, test } from 'vitest'
import { writeComment } from '../../../src/core/comment/comment.ts'
import { formatMarkdown } from '../../../src/core/formats/markdown.ts'
import { context, example, warning } from './support/samples.ts'

test('findings are the comment of a run that has no plan', () => {
  const diagnostics = [example, warning]
  expect(formatMarkdown(diagnostics, context)).toBe(writeComment({ diagnostics }))
  expect(formatMarkdown(diagnostics, context)).toContain('Nothing can be published: 1 error')
})

test('no findings are a page that says so', () => {
  expect(formatMarkdown([], context)).toContain('No errors found')
})
