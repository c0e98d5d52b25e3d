"""The paper and nothing else: problem, schedule, chromosome, genetic algorithm, model [P], expert."""
