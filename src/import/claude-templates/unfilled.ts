import type { DraftNote } from './draft.ts'

/** Most notes of one kind for a text: the rest is like them. */
const MAX_NOTES = 20

const PUTS_FILE = 'the source puts the text of this file here: it stays as it is written'

/** Endings of files without a folder before them; `@alice` and `@acme.io` name people and sites. */
const ENDINGS =
  'md|mdx|txt|jsonc?|ya?ml|toml|ini|cfg|env|lock|csv|xml|html|css|sql|sh|[cm]?[jt]sx?|py|go|rs|rb|java|kt|swift|php|cs|cpp|[ch]'

/** Placeholders that the original tool fills in and a template cannot. */
const FORMS: readonly [RegExp, string][] = [
  [
    /(?<![\\\w`])!`[^`\n]{1,400}`/g,
    'the source runs this command and puts its output here: it stays as it is written',
  ],
  [
    /^ {0,3}`{3,}![^\n]{0,100}$/gm,
    'the source runs these commands and puts their output here: they stay as they are written',
  ],
  [/(?<!\\)\$\{CLAUDE_[A-Z_]{1,60}\}/g, 'the original tool fills it in, and a template has no value for it'],
  [/(?<![\\$\w])\$0(?!\w|[.,]\d)/g, 'newer versions of the original tool fill in the first argument here'],
  [
    /(?<![\\$\w])\$[1-9]\d{1,2}(?!\w|[.,]\d)/g,
    'newer versions of the original tool fill in the argument of this number here',
  ],
  [
    /(?<![\w@`/.])@(?:\.{0,2}\/)?[\w-]{1,100}(?:\/[\w.-]{1,100}){1,20}\.[A-Za-z0-9]{1,8}(?![\w/])/g,
    PUTS_FILE,
  ],
  [
    /(?<![\w@`/.])@(?:\.{0,2}\/)?(?:[\w-][\w.-]{0,100}\/){1,20}(?![\w$.-])/g,
    'the source lists the files of this folder here: it stays as it is written',
  ],
  [/(?<![\w@`/.])@~\/[\w.-]{1,100}(?:\/[\w.-]{1,100}){0,20}/g, PUTS_FILE],
  [
    new RegExp(
      `(?<![\\w@\`/.])@(?:\\./)?[\\w-]{1,100}(?:\\.[\\w-]{1,20}){0,3}\\.(?:${ENDINGS})(?![\\w/.-])`,
      'g',
    ),
    PUTS_FILE,
  ],
  [
    /(?<![\w@`/.])@(?=[\w~./-]{0,200}\$(?:\d{1,2}|ARGUMENTS)(?!\w))(?:[\w~$/-]|\.(?=[\w./])|\[\d{1,2}\]){1,300}/g,
    'the source puts the text of the file with this name here: it stays as it is written',
  ],
]

/** Notes for every place of a text that the original tool would have filled in. */
export function unfilledIn(text: string): Omit<DraftNote, 'field'>[] {
  return FORMS.flatMap(([form, why]) => {
    const forms = [...new Set([...text.matchAll(form)].map(([what]) => what.trim()))]
    return forms.slice(0, MAX_NOTES).map((what) => ({ what, why, needs: true }))
  })
}
