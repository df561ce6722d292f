import { cut } from './cut.ts'
import type { Guess } from './sources/format.ts'

const MAX_NAME = 80

/** Words that a title writes in capitals. */
const ACRONYMS = new Set(
  'ai api aws c4 ci cicd cd cpp csharp css db devops dgx dx gcp hr html ios js llm ml mlops nlp php pr qa sdk seo sql sre tdd ui ux vr'.split(
    ' ',
  ),
)
const SPELLINGS: Readonly<Record<string, string>> = {
  cicd: 'CI/CD',
  cpp: 'C++',
  csharp: 'C#',
  devops: 'DevOps',
  ios: 'iOS',
  mlops: 'MLOps',
}

/** A name for people. One with capitals or spaces is a title already; an id becomes one. */
export function titleFrom(name: string): { name: string; guesses: Guess[] } {
  if (!/^[a-z0-9]+([-_][a-z0-9]+)*$/.test(name)) {
    const { head, rest } = cut(name.replace(/\s+/g, ' '), MAX_NAME)
    return {
      name: head,
      guesses: rest === '' ? [] : [{ field: 'name', what: head, why: 'a name may have 80 characters' }],
    }
  }
  const words = name.split(/[-_]/).map((word) => {
    if (ACRONYMS.has(word)) return SPELLINGS[word] ?? word.toUpperCase()
    return word[0]?.toUpperCase() + word.slice(1)
  })
  const title = cut(words.join(' '), MAX_NAME).head
  return { name: title, guesses: [{ field: 'name', what: title, why: 'a title made from the name' }] }
}

/** A name with the marks of languages as words: without them `C#` and `C++` would be one id. */
export function spellOut(name: string): string {
  return name
    .replace(/\b([a-z])\+\+(?![\w+])/gi, '$1pp')
    .replace(/\b([a-z])#(?!\w)/gi, '$1sharp')
    .replace(/(?<![\w.])\.net\b/gi, 'dotnet')
}

/** A file's name without folders and ending. */
export function stem(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.[^.]*$/, '')
}
