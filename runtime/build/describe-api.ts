import { describeStaffApi } from '../../api/staff/describe';

// Writes the OpenAPI document of the staff's JSON to the standard output; the build makes the admin's types of it.
process.stdout.write(JSON.stringify(describeStaffApi()));
