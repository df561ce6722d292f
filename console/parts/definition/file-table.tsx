import type { Definition } from '../../data/queries.ts'
import { Digest } from '../words/digest.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Tag } from '../words/tag.tsx'

interface FileTableProps extends Pick<Definition, 'files' | 'digest' | 'bundle'> {
  /** Where everybody may download the bundle; what is not public is pulled in the terminal. */
  href?: string
}

/** The files of a version with sizes and hashes; assets are listed, never shown. */
export function FileTable({ files, digest, bundle, href }: FileTableProps) {
  return (
    <section class="part">
      <h2>
        Files <span class="soft count">{files.length}</span>
      </h2>
      <table class="files">
        <thead class="visually-hidden">
          <tr>
            <th scope="col">Path</th>
            <th scope="col">Size</th>
            <th scope="col">Hash</th>
          </tr>
        </thead>
        <tbody>
          {files.map(({ path, size, sha256, executable }) => (
            <tr key={path}>
              <td class="is-path">
                <code>
                  <Foreign text={path} />
                </code>
                {executable && <Tag tone="attention">executable</Tag>}
              </td>
              <td class="number soft">{size.toLocaleString('en')} B</td>
              <td class="number">
                <Digest value={sha256} label={`the hash of ${path}`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="soft line note">
        <span>
          digest <Digest value={digest} />
        </span>
        <Bundle size={bundle.size} href={href} />
      </p>
    </section>
  )
}

function Bundle({ size, href }: { size: number; href: string | undefined }) {
  return (
    <span>
      {href ? (
        <a href={href} download>
          bundle
        </a>
      ) : (
        'bundle'
      )}{' '}
      {size.toLocaleString('en')} B
    </span>
  )
}
