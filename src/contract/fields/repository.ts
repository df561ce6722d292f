import * as z from 'zod'
import { relativePath } from './relative-path.ts'
import { about, maybe, text } from './shape.ts'

const URL_RULE = 'must be an https URL without user, query or fragment'

/** The repository of a definition's source. */
export const repository = z.strictObject({
  url: about(
    'https URL of the repository.',
    text({ max: 2048, pattern: /^https:\/\/[^\s/?#@\\]+(?:\/[^\s?#\\]*)?$/, must: URL_RULE }),
  ),
  source: maybe(
    'Short name of the host: github, gitlab, …',
    text({ max: 64, pattern: /^[a-z0-9][a-z0-9.-]*$/, must: 'must be a host’s short name such as "github"' }),
  ),
  subfolder: maybe('Folder inside the repository, relative and clean.', relativePath),
})
