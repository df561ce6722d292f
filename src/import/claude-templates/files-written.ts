import { RELATIVE_PATH } from '../../contract/fields/relative-path.ts'

/** How commands say which file a step leaves behind; the path is the first group that holds one. */
const WRITTEN = [
  /\bsaved?\b[^`\n]{0,200}?\b(?:to|in|into|as):?\s+`([^`\s]+)`/gi,
  /\*\*output file:?\*\*:?\s*`([^`\s]+)`/gi,
  /\bsave the output (?:as|to):\s*`?([^`\s]+)`?[ \t]*$/gim,
]

const CONSOLIDATED = /^.*\bconsolidate\b[^`\n]{0,200}?\binto\s+`([^`\s]+)`/im

/** Paths of the files that a step writes according to its text, each once. Patterns such as `c4-code-*.md` are not paths. */
export function filesIn(text: string): string[] {
  const matches = WRITTEN.flatMap((pattern) => [...text.matchAll(pattern)]).sort((a, b) => a.index - b.index)
  return [...new Set(matches.flatMap((match) => cleanPath(match[1] ?? '') ?? []))]
}

/** Where results are put together: the file, and the text from that line on. */
export function consolidationIn(text: string): { path: string; text: string } | undefined {
  const match = CONSOLIDATED.exec(text)
  const path = match && cleanPath(match[1] ?? '')
  return match && path ? { path, text: text.slice(match.index) } : undefined
}

/** A path as a template's output may have it; undefined for one that only stands for others. */
export function cleanPath(text: string): string | undefined {
  const path = text.replace(/^\.\//, '').replace(/[.,;:]+$/, '')
  const isPlain = !/[*<>[\]{}$?"'|]/.test(path) && /[^/]\.[A-Za-z0-9]{1,8}$/.test(path)
  return isPlain && path.length <= 512 && RELATIVE_PATH.test(path) && !/(^|\/)state\.json$/.test(path)
    ? path
    : undefined
}
