# The secret is not in here: export RINGTRUE_CLIENT_SECRET=… first.
TOKEN=$(curl -sf {{ self.0.origin }}/token \
  -d grant_type=client_credentials -d client_id={{ self.0.client_id }} \
  -d "client_secret=$RINGTRUE_CLIENT_SECRET" | jq -r .access_token)

curl -s {{ self.0.origin }}/v3/verify -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{
  "possessionType": "mobile",
  "phoneNumber": "{{ self.0.number() }}", "firstName": "{{ self.0.first_name() }}", "lastName": "{{ self.0.last_name() }}" }'

# with the correlationId of that answer:
curl -s {{ self.0.origin }}/v3/verify-status -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
  -d '{ "correlationId": "…" }'
