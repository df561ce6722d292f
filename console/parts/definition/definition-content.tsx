import type { ComponentChildren } from 'preact'
import type { Definition } from '../../data/queries.ts'
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
      {prose.length > 0 && (
        <section class="part">
          <h2>
            Texts <span class="soft count">{prose.length}</span>
          </h2>
          {prose.map(([path, text]) => (
            <TextView key={path} path={path} text={text} />
          ))}
        </section>
      )}
      {children}
      <FileTable files={files} digest={digest} bundle={bundle} href={href} />
    </>
  )
}
