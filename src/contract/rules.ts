import type { RuleCatalogue } from './diagnostic.ts'

/** Rules that hold for every kind. Kinds add their own catalogues. An id is never reused for another meaning. */
export const CORE_RULES = {
  NOFX_JSON_SYNTAX: {
    severity: 'error',
    summary: 'A .json file is valid JSON: no comments, no trailing commas.',
  },
  NOFX_JSON_BOM: { severity: 'error', summary: 'A manifest starts without a byte order mark.' },
  NOFX_JSON_DUPLICATE_KEY: { severity: 'error', summary: 'No object has a key twice.' },
  NOFX_JSON_DEPTH: { severity: 'error', summary: 'Objects and arrays nest at most 32 levels deep.' },
  NOFX_JSON_KEY: { severity: 'error', summary: 'No key is "__proto__".' },
  NOFX_JSON_STRING: {
    severity: 'error',
    summary: 'Strings and keys hold no NUL and no half of a surrogate pair.',
  },
  NOFX_JSON_NUMBER: {
    severity: 'error',
    summary: 'Numbers are finite, and integers are exact within ±(2^53 - 1).',
  },
  NOFX_JSON_OBJECT: { severity: 'error', summary: 'A manifest is one object.' },
  NOFX_YAML_SYNTAX: {
    severity: 'error',
    summary: 'A .yaml manifest is one YAML 1.2 document of the core schema.',
  },
  NOFX_YAML_TAG: { severity: 'error', summary: 'A .yaml manifest uses no custom tags.' },
  NOFX_YAML_ALIAS: {
    severity: 'error',
    summary: 'Aliases do not multiply the size of a .yaml manifest.',
  },
  NOFX_FRONT_MATTER_MISSING: {
    severity: 'error',
    summary: 'A Markdown manifest starts with fields between two lines of three hyphens.',
  },
  NOFX_MANIFEST_MISSING: { severity: 'error', summary: 'A definition’s folder has its manifest.' },
  NOFX_MANIFEST_TWICE: { severity: 'error', summary: 'A manifest is either .json or .yaml, never both.' },
  NOFX_MANIFEST_SIZE: { severity: 'error', summary: 'A manifest is at most 256 KiB.' },
  NOFX_FIELD_UNKNOWN: {
    severity: 'error',
    summary: 'Every field is known; other data belongs in "metadata".',
  },
  NOFX_FIELD_REQUIRED: { severity: 'error', summary: 'Every required field is present.' },
  NOFX_FIELD_TYPE: { severity: 'error', summary: 'The type of a field matches its schema.' },
  NOFX_FIELD_INVALID: { severity: 'error', summary: 'The value of a field matches its schema.' },
  NOFX_ID_FORMAT: {
    severity: 'error',
    summary: 'An id is lower-case words joined by single hyphens, 2 to 64 characters.',
  },
  NOFX_ID_FOLDER: { severity: 'error', summary: 'An id equals the name of its folder.' },
  NOFX_ID_DEVICE: { severity: 'error', summary: 'An id is not a device name reserved by Windows.' },
  NOFX_FILE_SYMLINK: {
    severity: 'error',
    summary: 'A definition contains files and folders, but no symbolic links.',
  },
  NOFX_FILE_SUBMODULE: {
    severity: 'error',
    summary: 'A definition contains no other git repository, such as a submodule.',
  },
  NOFX_FILE_LFS_POINTER: {
    severity: 'error',
    summary: 'A file is not a pointer of Git LFS.',
  },
  NOFX_FILE_UNREADABLE: { severity: 'error', summary: 'Every file of a definition can be read.' },
  NOFX_FILE_ENCODING: { severity: 'error', summary: 'Files outside assets/ are UTF-8 text.' },
  NOFX_FILE_SIZE: { severity: 'error', summary: 'A text is at most 256 KiB, an asset at most 50 MB.' },
  NOFX_FILE_COUNT: { severity: 'error', summary: 'A definition has at most 200 files.' },
  NOFX_FILE_TWIN: {
    severity: 'error',
    summary: 'No two paths are equal when case and Unicode normalisation are ignored.',
  },
  NOFX_FILE_NAME: { severity: 'error', summary: 'A file’s name works on Linux, macOS and Windows alike.' },
  NOFX_FILE_OUTSIDE: { severity: 'error', summary: 'A definition’s files are inside its folder.' },
  NOFX_FILE_MISSING: { severity: 'error', summary: 'Every file that a manifest names exists.' },
  NOFX_FILE_UNNAMED: { severity: 'warning', summary: 'Every file is named by the manifest.' },
  NOFX_TEXT_TOTAL: {
    severity: 'error',
    summary: 'All texts of a definition fit into one call of the registry: about 900 kB together.',
  },
  NOFX_TEXT_NUL: { severity: 'error', summary: 'Text holds no NUL characters.' },
  NOFX_TEXT_CONTROL: {
    severity: 'error',
    summary: 'Text holds no control characters, such as escape sequences.',
  },
  NOFX_TEXT_SURROGATE: { severity: 'error', summary: 'Text holds no half of a surrogate pair.' },
  NOFX_TEXT_BOM: { severity: 'warning', summary: 'Text starts without a byte order mark.' },
  NOFX_TEXT_BIDI: {
    severity: 'error',
    summary: 'Text holds no controls that change the direction of reading.',
  },
  NOFX_TEXT_BIDI_MARK: {
    severity: 'warning',
    summary: 'Direction marks are used only beside right-to-left text.',
  },
  NOFX_TEXT_TAG: { severity: 'error', summary: 'Text holds no tag characters outside of flag emoji.' },
  NOFX_TEXT_ZERO_WIDTH: {
    severity: 'error',
    summary: 'Zero-width characters are used only in emoji and where a script needs them.',
  },
  NOFX_TEXT_SELECTOR: {
    severity: 'error',
    summary: 'A variation selector follows a character for which Unicode lists it.',
  },
  NOFX_TEXT_INVISIBLE: {
    severity: 'error',
    summary: 'Text holds no other invisible characters, unless a script needs them.',
  },
  NOFX_TEXT_LAYOUT: {
    severity: 'warning',
    summary: 'Text holds no soft hyphens and no line or paragraph separators.',
  },
  NOFX_TEXT_HIDDEN: {
    severity: 'error',
    summary: 'A file has at most a few invisible characters, even in places where they are allowed.',
  },
  NOFX_SECRET_SUPABASE: { severity: 'error', summary: 'No text holds a Supabase secret key.' },
  NOFX_SECRET_SERVICE_ROLE: { severity: 'error', summary: 'No text holds a JWT with the role service_role.' },
  NOFX_SECRET_DEPLOY_HOOK: { severity: 'error', summary: 'No text holds the URL of a deploy hook.' },
  NOFX_SECRET_BEARER: { severity: 'error', summary: 'No text holds the token of an Authorization header.' },
  NOFX_SECRET_FOUND: { severity: 'error', summary: 'No text holds a credential that secretlint recognises.' },
  NOFX_SECRET_EXAMPLE: {
    severity: 'error',
    summary: 'Every value of exampleSecrets is in a text of the definition.',
  },
  NOFX_REFERENCE_MISSING: { severity: 'error', summary: 'Every reference names a definition that exists.' },
  NOFX_REFERENCE_UNRESOLVED: {
    severity: 'warning',
    summary: 'Every reference can be checked, in the tree or in the registry.',
  },
  NOFX_REFERENCE_NOT_LIVE: {
    severity: 'error',
    summary: 'A live definition requires only live definitions, not drafts or disabled ones.',
  },
  NOFX_REFERENCE_RANGE: {
    severity: 'error',
    summary: 'The version of a referenced definition is in the range of the reference.',
  },
  NOFX_REFERENCE_UNMET: {
    severity: 'error',
    summary: 'One of the referenced definitions offers what the definition demands.',
  },
  NOFX_REFERENCE_CYCLE: {
    severity: 'error',
    summary: 'Definitions do not require each other in a cycle.',
  },
} as const satisfies RuleCatalogue

/** The id of a rule in `CORE_RULES`. */
export type CoreRule = keyof typeof CORE_RULES
