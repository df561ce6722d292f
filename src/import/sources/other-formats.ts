import { basename } from 'node:path'

/** Files of people's agents that are not read, by their path; the first that fits names the file. */
const OTHERS: readonly [RegExp, string][] = [
  [/(?:^|\/)SKILL\.md$/i, 'a Skill, which is imported as one of the kind skills'],
  [/\.prompt\.md$/i, 'a Copilot prompt'],
  [/\.instructions\.md$|(?:^|\/)copilot-instructions\.md$/i, 'Copilot instructions'],
  [/\.chatmode\.md$/i, 'a Copilot chat mode'],
  [/\.mdc$/i, 'a Cursor rule'],
  [/(?:^|\/)output-styles\/[^/]+\.md$/, 'an output style'],
  [/(?:^|\/)(?:AGENTS|CLAUDE|GEMINI|CLAUDE\.local)\.md$/, 'instructions for a whole project'],
  [/(?:^|\/)\.claude-plugin\/plugin\.json$/, 'a plugin manifest'],
  [/(?:^|\/)marketplace\.json$/, 'a marketplace manifest'],
  [/(?:^|\/)\.?mcp\.json$/, 'a list of MCP servers'],
  [/(?:^|\/)(?:agent-card|\.well-known\/agent)\.json$/, 'an A2A agent card'],
  [/(?:^|\/)server\.json$/, 'an entry of the MCP registry'],
  [/(?:^|\/)hooks\/[^/]+\.json$|(?:^|\/)hooks\.json$/, 'hooks'],
  [/(?:^|\/)\.(?:claude|gemini)\/settings(?:\.local)?\.json$/, 'settings'],
  [/(?:^|\/)agents\/(?:.*\/)?[^/]+\.toml$/, 'a Codex agent (TOML)'],
  [/(?:^|\/)commands\/(?:.*\/)?[^/]+\.toml$/, 'a Gemini command (TOML)'],
]

const PAGE =
  /^(?:readme|contributing|changelog|license|licence|code[-_]of[-_]conduct|security|authors|notice|todo|index)(?:[.-][\w-]+)?\.md$/i

/** The format of a file that the importer does not read, as far as the path shows it. */
export function otherFormat(path: string): string | undefined {
  return OTHERS.find(([pattern]) => pattern.test(path))?.[1]
}

/** Whether a file is called as pages about a folder are, which define nothing. */
export function isPage(path: string): boolean {
  return PAGE.test(basename(path))
}
