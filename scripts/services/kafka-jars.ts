import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** 4.4.0 is listed by Maven Central, but one of its jars is missing. */
export const KAFKA_VERSION = '4.3.1';
const RESOLVE_WITHIN_MS = 300_000;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.tollbook</groupId><artifactId>kafka-for-tests</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/**
 * The folder with the broker's jars, fetched by Maven the first time. They are fetched into a folder of another name that is renamed
 * when it is whole: an aborted run leaves nothing that looks complete, and of two runs at once one wins.
 */
export async function kafkaJars(): Promise<string> {
  const cache = path.join(homedir(), '.cache', 'tollbook');
  const jars = path.join(cache, `kafka-${KAFKA_VERSION}`);
  if (await holdsBroker(jars)) return jars;
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(path.join(cache, `kafka-${KAFKA_VERSION}-unfinished-`));
  try {
    await writeFile(path.join(unfinished, 'pom.xml'), POM);
    await resolve(unfinished);
    await rename(path.join(unfinished, 'jars'), jars).catch(async (error: Error) => {
      if (!(await holdsBroker(jars))) throw error;
    });
    return jars;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function holdsBroker(folder: string): Promise<boolean> {
  const files = await readdir(folder).catch((): string[] => []);
  return files.includes(`kafka_2.13-${KAFKA_VERSION}.jar`);
}

async function resolve(folder: string): Promise<void> {
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=jars'];
  const maven = (flags: readonly string[]) =>
    run('mvn', ['-B', '-q', ...flags, ...goal], { cwd: folder, timeout: RESOLVE_WITHIN_MS, maxBuffer: 2 ** 26 });
  try {
    // -U the second time: Maven remembers a failed download and would not try again.
    await maven([]).catch(() => maven(['-U']));
  } catch (cause) {
    const output =
      (cause as { stdout?: string }).stdout?.split('\n').find((line) => line.includes('[ERROR]')) ??
      (cause as Error).message;
    throw new Error(
      `Maven could not fetch Kafka ${KAFKA_VERSION} from Maven Central: ${output.trim()}. Check the network and run again.`,
      { cause },
    );
  }
}
