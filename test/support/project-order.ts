import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Keeps the files of a project together: a process that files share ends as soon as the next file is of another project. */
export class ProjectOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project.name))].sort();
    return projects.flatMap((name) => sorted.filter(({ project }) => project.name === name));
  }
}
