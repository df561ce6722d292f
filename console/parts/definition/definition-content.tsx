import type { ComponentChildren } from 'preact'
import { useLocation, useSearch } from 'wouter-preact'
import type { Definition } from '../../data/queries.ts'
import { withQuery } from '../../model/address/url-state.ts'
import { Foreign } from '../words/foreign.tsx'
import { FileTable } from './file-table.tsx'
import { SettingsTable } from './settings-table.tsx'
import { TextView } from './text-view.tsx'

interface ContentProps {
  content: Pick<Definition, 'metadata' | 'manifest' | 'texts' | 'files' | 'digest' | 'bundle'>
  /** Where everybody may download the bundle. */
  href?: string
  /** What stands between the texts and the files. */
  children?: ComponentChildren
}

/** Files whose text is read by people and models; the others are settings, which stand above. */
const PROSE = /\.(md|txt)$/

/** The content of a version: summary, settings, texts, files. */
export function DefinitionContent({ content, href, children }: ContentProps) {
  const { metadata, manifest, texts, files, digest, bundle } = content
  const prose = Object.entries(texts).filter(([path]) => PROSE.test(path))
  return (
    <>
      {metadata.summary && (
        <p class="summary">
          <Foreign text={metadata.summary} />
        </p>
      )}
      <SettingsTable manifest={manifest} />
      {prose.length > 0 && <Texts prose={prose} />}
      {children}
      <FileTable files={files} digest={digest} bundle={bundle} href={href} />
    </>
  )
}

/** The texts, as source or rendered; the address holds which. */
function Texts({ prose }: { prose: readonly [path: string, text: string][] }) {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const isRendered = new URLSearchParams(search).get('texts') === RENDERED
  const show = (texts: string | undefined) => navigate(path + withQuery(search, { texts }))
  return (
    <section class="part">
      <div class="heading-row">
        <h2>
          Texts <span class="soft count">{prose.length}</span>
        </h2>
        {prose.some(([name]) => name.endsWith('.md')) && (
          <fieldset class="segments">
            <legend class="visually-hidden">Texts</legend>
            <button type="button" aria-pressed={!isRendered} onClick={() => show(undefined)}>
              Source
            </button>
            <button type="button" aria-pressed={isRendered} onClick={() => show(RENDERED)}>
              Rendered
            </button>
          </fieldset>
        )}
      </div>
      {prose.map(([name, text]) => (
        <TextView key={name} path={name} text={text} isRendered={isRendered} />
      ))}
    </section>
  )
}

const RENDERED = 'rendered'
